# An idle shell ends after ten minutes; files made here are their owner's alone.
umask 077
if [ -z "${TMOUT-}" ]; then
    TMOUT=600
    readonly TMOUT
    export TMOUT
fi
