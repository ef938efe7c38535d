package vcenter

import (
	"crypto/sha256"
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

const (
	coreMHz       = 2400
	threadsPer    = 2
	coresPerChip  = 32
	pnicSpeedMbps = 10_000
)

// equip gives a host that the simulator made from its template the hardware it has in the world.
func equip(ctx *simulator.Context, host *simulator.HostSystem, w *world.Host) {
	packages := (w.CPUCores + coresPerChip - 1) / coresPerChip
	memory := w.MemoryGiB << 30
	threads := w.CPUCores * threadsPer

	hardware := *host.Hardware
	hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: packages, NumCpuCores: w.CPUCores, NumCpuThreads: threads, Hz: coreMHz * 1_000_000,
	}
	hardware.MemorySize = memory
	hardware.CpuPkg = nil
	hardware.SystemInfo.OtherIdentifyingInfo = []types.HostSystemIdentificationInfo{{
		IdentifierValue: w.Feed,
		IdentifierType: &types.ElementDescription{
			Description: types.Description{Label: "Power feed", Summary: "Power feed the host hangs on"},
			Key:         "PowerFeed",
		},
	}}
	host.Hardware = &hardware

	summary := host.Summary.Hardware
	summary.MemorySize = memory
	summary.CpuMhz = coreMHz
	summary.NumCpuPkgs = packages
	summary.NumCpuCores = w.CPUCores
	summary.NumCpuThreads = threads
	summary.NumNics = int32(len(w.NICs))
	summary.OtherIdentifyingInfo = hardware.SystemInfo.OtherIdentifyingInfo

	access := &mo.HostAccessManager{LockdownMode: types.HostLockdownModeLockdownDisabled}
	access.Self = types.ManagedObjectReference{Type: "HostAccessManager", Value: "access-" + host.Self.Value}
	host.ConfigManager.HostAccessManager = pointer(ctx.Map.Put(access).Reference())
	host.Config.LockdownMode = access.LockdownMode

	host.Summary.QuickStats = types.HostListSummaryQuickStats{}
	host.Runtime.PowerState = types.HostSystemPowerStatePoweredOn
	host.Runtime.InMaintenanceMode = false
	wire(ctx, host, w)
}

// wire gives a host its network cards. Its standard switch keeps none of them: management is out of band here, so that
// every card is free for the distributed switches.
func wire(ctx *simulator.Context, host *simulator.HostSystem, w *world.Host) {
	network := host.Config.Network
	network.ProxySwitch = nil
	network.Pnic = nil
	for i := range network.Vswitch {
		network.Vswitch[i].Pnic = nil
		network.Vswitch[i].Spec.Bridge = nil
		if policy := network.Vswitch[i].Spec.Policy; policy != nil && policy.NicTeaming != nil {
			policy.NicTeaming.NicOrder = nil
		}
	}
	var hints []types.PhysicalNicHintInfo
	for i, nic := range w.NICs {
		link := types.PhysicalNicLinkInfo{SpeedMb: pnicSpeedMbps, Duplex: true}
		network.Pnic = append(network.Pnic, types.PhysicalNic{
			Key:                    "key-vim.host.PhysicalNic-" + nic.Device,
			Device:                 nic.Device,
			Pci:                    fmt.Sprintf("0000:%02x:00.0", i+3),
			Driver:                 "ixgben",
			LinkSpeed:              &link,
			ValidLinkSpecification: []types.PhysicalNicLinkInfo{link},
			Spec:                   types.PhysicalNicSpec{Ip: new(types.HostIpConfig), LinkSpeed: &link},
			Mac:                    cardAddress(w.Name, nic.Device),
		})
		// What a real card would learn of its neighbour: the fibre it is plugged into.
		hints = append(hints, types.PhysicalNicHintInfo{
			Device:              nic.Device,
			ConnectedSwitchPort: &types.PhysicalNicCdpInfo{DevId: nic.Fibre, PortId: w.Name + "/" + nic.Device},
		})
	}
	if system, ok := get[*simulator.HostNetworkSystem](ctx, *host.ConfigManager.NetworkSystem); ok {
		system.NetworkInfo = network
		system.QueryNetworkHintResponse.Returnval = hints
	}
}

// cardAddress is the stable, locally administered MAC address of a physical card.
func cardAddress(host, device string) string {
	sum := sha256.Sum256([]byte(host + "/" + device))
	return fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", sum[0], sum[1], sum[2], sum[3], sum[4])
}
