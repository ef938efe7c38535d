# An idle shell ends after ten minutes; files made here are their owner's alone.
umask 077
if [ -n "${BASH_VERSION-}" ] && [ -z "${TMOUT-}" ]; then
    declare -xr TMOUT=600
fi
