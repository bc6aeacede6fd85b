#!/usr/bin/env bash
# Runs Ceph's gateway, a real server of S3's protocol, in the foreground: bash ceph.sh FOLDER PORT
# It needs Debian's packages radosgw, ceph-mon, ceph-osd and ceph-common. All data are in memory. The line 'ready' says that it answers;
# it ends, with all of its processes, when its input does.
set -euo pipefail

folder="$1"
port="$2"
monitor_port="$3"
mkdir -p "$folder"/{mon,osd,rgw,log}
cd "$folder"
cat >ceph.conf <<EOF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon initial members = a
mon host = v1:127.0.0.1:$monitor_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
osd crush chooseleaf type = 0
osd class update on start = false
osd crush update on start = false
osd objectstore = memstore
memstore device bytes = 8589934592
osd memory target = 939524096
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/log/\$name.log
pid file = $folder/\$name.pid
rgw enable usage log = false
rgw gc obj min wait = 1
rgw thread pool size = 32
rgw dns name = 127.0.0.1
[mon.a]
mon data = $folder/mon
mon addr = 127.0.0.1:$monitor_port
[osd.0]
osd data = $folder/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw data = $folder/rgw
EOF

pids=()
trap 'kill -9 "${pids[@]}" 2>/dev/null || true' EXIT
background() {
    local name="$1"
    shift
    "$@" >"log/$name.out" 2>&1 </dev/null &
    pids+=($!)
}

until_works() {
    for _ in $(seq 100); do
        timeout 5 "$@" >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    echo "'$*' never worked" >&2
    return 1
}

identity="$(cat /proc/sys/kernel/random/uuid)"
monmaptool --create --fsid "$(awk '/fsid/ { print $3 }' ceph.conf)" --addv a "[v1:127.0.0.1:$monitor_port]" monmap >log/monmap.out
ceph-mon -c ceph.conf -i a --mkfs --monmap monmap --keyring /dev/null >log/mkfs.out 2>&1 \
    || ceph-mon -c ceph.conf -i a --mkfs --monmap monmap >>log/mkfs.out 2>&1
background mon ceph-mon -c ceph.conf -i a -f
until_works ceph -c ceph.conf -s
timeout 20 ceph -c ceph.conf osd new "$identity" >log/new.out
timeout 20 ceph -c ceph.conf osd crush add osd.0 1.0 host=h root=default >log/crush.out 2>&1
ceph-osd -c ceph.conf -i 0 --mkfs --osd-uuid "$identity" >log/osd-mkfs.out 2>&1
background osd ceph-osd -c ceph.conf -i 0 -f
until_works bash -c "ceph -c ceph.conf osd stat | grep -q '1 up'"
background rgw radosgw -c ceph.conf -n client.rgw -f
timeout 60 radosgw-admin -c ceph.conf user create --uid=test --display-name=test --access-key=AKTEST --secret-key=SKTEST >log/user.out 2>&1
until_works bash -c "</dev/tcp/127.0.0.1/$port"
echo ready
cat >/dev/null
