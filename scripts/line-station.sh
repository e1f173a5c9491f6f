#!/usr/bin/env bash
# A line PC: for each ESP32 that is connected, gets a credential from `devpki station`, flashes it and verifies it.
#
# Reads a line a device from standard input: its MAC, as a barcode scanner types it, or an empty line (Enter) for whatever
# chip is connected. Run it again after whatever happened: what was verified before is left alone. docs/station.md
#
#     line-station.sh [--port PORT] [--chip CHIP] [--journal FILE] [--burn] -- STATION OPTIONS
#
# Environment: DEVPKI (devpki), ESPTOOL (esptool; a name in .py is taken for version 4), LINE_TIMEOUT (seconds, 300).
set -uo pipefail

devpki=${DEVPKI:-devpki}
esptool=${ESPTOOL:-esptool}
timeout=${LINE_TIMEOUT:-300}
port=/dev/ttyUSB0
chip=esp32c3
journal=line-station.journal
is_burning=
most_starts=2

say() {
    printf 'line-station: %s\n' "$1" >&2
}

# This device is put aside; the next one may do.
aside() {
    say "$1; put aside, connect it again to try again"
    return 1
}

stop() {
    say "stopped: $1"
    exit 1
}

while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
        --port) port=${2:?--port PORT} && shift 2 ;;
        --chip) chip=${2:?--chip CHIP} && shift 2 ;;
        --journal) journal=${2:?--journal FILE} && shift 2 ;;
        --burn) is_burning=yes && shift ;;
        *)
            sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
            [ "$1" = --help ]
            exit $(($? * 2))
            ;;
    esac
done
[ $# -gt 1 ] || { say "usage: line-station.sh [--burn] -- --batch ID --out FOLDER ..." && exit 2; }
shift
station_options=("$@")
for tool in "$devpki" "$esptool"; do
    command -v "$tool" >/dev/null || stop "$tool is not installed"
done

# The station: a child, with a pipe to it (3) and from it (4).

pipes=$(mktemp -d) || exit 1
mkfifo "$pipes/orders" "$pipes/results" || exit 1
station=
trap 'rm -rf "$pipes"' EXIT
trap '' PIPE # a station that died is found by its silence

start_station() {
    "$devpki" station "${station_options[@]}" <"$pipes/orders" >"$pipes/results" &
    station=$!
    exec 3>"$pipes/orders" 4<"$pipes/results"
}

end_station() {
    [ -n "$station" ] || return 0
    exec 3>&-
    [ "${1:-}" != now ] || kill -9 "$station" 2>/dev/null
    cat <&4 >/dev/null
    exec 4<&-
    wait "$station"
    station=
}

# Sets result to the line that answers the order $1. A station that dies is started anew and given the order again.
ask() {
    local attempt
    for ((attempt = 0; attempt < most_starts; attempt++)); do
        [ -n "$station" ] || { sleep "$attempt" && start_station; }
        if printf '%s\n' "$1" 2>/dev/null >&3; then
            while IFS= read -r -t "$timeout" -u 4 result; do
                case $result in
                    *'"schema":"devpki/batch-result/1"'* | *'"schema":"devpki/mark-result/1"'*) return ;;
                esac
            done
        fi
        say "the station ended; the same order again"
        end_station now
    done
    stop "the station does not stay up; its words are above"
}

# A text member of the result.
member() {
    printf '%s' "$result" | sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p'
}

# The journal: what was done to which device, a line each: NAME SHA256 WHAT.

has() {
    grep -qxF "$(member name) $(member sha256) $1" "$journal"
}

# Notes what was done, durably.
report() {
    { printf '%s %s %s\n' "$(member name)" "$(member sha256)" "$1" >>"$journal" && sync "$journal"; } ||
        stop "cannot write $journal"
}

# Tells the ledger where the device is in its life; one that is further on stays there.
mark() {
    local told=$result
    ask "{\"serial\":\"$(member serial)\",\"mark\":\"$1\"}"
    [ "$(member status)" != failed ] || say "$(member message)"
    result=$told
}

# The chip. Children get no pipe of the station's, and leave the list of devices alone.

run_esptool() {
    local verb=$1
    shift
    case $esptool in
        *.py) verb=${verb//-/_} ;;
    esac
    timeout "$timeout" "$esptool" --chip "$chip" --port "$port" "$verb" "$@" </dev/null 3>&- 4<&-
}

# Sets mac to that of the chip, which is the one that was scanned.
read_mac() {
    local scanned=$1 told
    told=$(run_esptool read-mac) || { aside "esptool failed"; return 1; }
    mac=$(printf '%s\n' "$told" | sed -nE 's/^(BASE )?MAC: +(([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})$/\2/p' | head -n 1)
    mac=${mac,,}
    [ -n "$mac" ] || { aside "esptool told no MAC"; return 1; }
    scanned=${scanned//[:-]/}
    if [ -n "$scanned" ] && [ "${scanned,,}" != "${mac//:/}" ]; then
        aside "$1 was scanned, but $mac is connected"
    fi
}

flash() {
    local folder offset verb
    folder=$(member folder)
    offset=$(sed -nE 's/^esp_secure_cert,[^,]*,[^,]*, *([^, ]+).*/\1/p' "$folder/esp_secure_cert.partitions.csv")
    [ -n "$offset" ] || stop "is --format esp-secure-cert among the station's options?"
    for verb in write-flash verify-flash; do
        run_esptool "$verb" "$offset" "$folder/esp_secure_cert.bin" >&2 ||
            { aside "$(member name): esptool failed"; return 1; }
    done
    report flashed
    say "$(member name): flashed and verified"
}

burn() {
    local script
    script=$(member efuseFolder)/burn.sh
    if has burned; then
        say "$(member name): burned before"
    elif [ -z "$is_burning" ]; then
        say "$(member name): not burned; --burn, or: sh $script $port"
    elif has burning; then
        aside "$(member name): was cut off while it was burned; look at: espefuse summary"
    else
        report burning
        timeout "$timeout" sh "$script" "$port" --yes </dev/null >&2 3>&- 4<&- ||
            { aside "$(member name): burn.sh failed"; return 1; }
        report burned
        say "$(member name): burned; where the store is: devpki efuse confirm $(member name)"
    fi
}

device() {
    local mac
    read_mac "$1" || return
    ask "{\"mac\":\"$mac\",\"chip\":\"$chip\"}"
    if [ "$(member status)" = failed ]; then
        case $(member fault) in
            store-failed | busy | key-unavailable | integrity) stop "$(member name): $(member message)" ;;
        esac
        aside "${mac}: $(member message)"
        return
    fi
    if has flashed; then
        say "$(member name): flashed before"
    else
        flash || return
    fi
    mark verified
    if [ -n "$(member efuseFolder)" ]; then
        burn
    fi
}

printf '\n' >>"$journal" || stop "cannot write $journal" # after a power cut the last line may be half a one
failed=0
while IFS= read -r scanned || [ -n "$scanned" ]; do
    device "$(printf '%s' "$scanned" | tr -d '[:space:]')" || failed=$((failed + 1))
done
end_station
if [ "$failed" -gt 0 ]; then
    say "$failed failed; the same again goes on with them"
    exit 1
fi
