package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// grace is how long an interrupted child may take to end by itself. A program with registrations under way never does:
// the SDK waits for answers that an engine which has given up no longer sends. The engine in turn kills this host after
// 5 s, and its user would wait for that each time a deployment failed.
const grace = time.Second

// lasting derives a context that ends with the request, with Cancel, or with the host.
func (h *languageHost) lasting(request context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(h.work)
	stop := context.AfterFunc(request, cancel)
	return work, func() {
		stop()
		cancel()
	}
}

// startChild starts a command so that it cannot outlive this host: it stays in the process group the engine made for
// the host, is interrupted when its context ends, and is killed by the kernel should the host be killed. The calling
// goroutine has to be locked to its thread until the child has ended, because the kernel counts the thread as parent.
func startChild(command *exec.Cmd) error {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = grace
	return command.Start()
}

// runChild runs a command to its end.
func runChild(command *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := startChild(command); err != nil {
		return err
	}
	return command.Wait()
}

// untilCancelled swallows what a program writes once it was interrupted: Python would show its user a traceback of the
// SDK for each ^C, and for each deployment that a policy stopped.
type untilCancelled struct {
	work context.Context
	to   io.Writer
}

func (w untilCancelled) Write(text []byte) (int, error) {
	if w.work.Err() != nil {
		return len(text), nil
	}
	return w.to.Write(text)
}
