#!/usr/bin/env bash
# Connects the nodes of cluster HV to their storage and forms the cluster: open-iscsi, multipath, LVM,
# corosync and pacemaker, with fencing by persistent reservations. Run it as root:
#
#   bash hv.sh connect   on each node: portals, sessions that are kept, multipath
#   bash hv.sh disks     on hv-node1: a volume group on each data disk that is empty
#   bash hv.sh form      on hv-node1: the cluster, fence_scsi, a resource for each disk
#   bash hv.sh check     on any node: what there is now
#
# What is done already is left alone, and a disk that is not empty is never written: run it again at any
# time. Debian's packages: open-iscsi multipath-tools lvm2 pcs pacemaker fence-agents sg3-utils; those of
# Red Hat: iscsi-initiator-utils device-mapper-multipath lvm2 pcs fence-agents-scsi sg3_utils. A shared
# volume (csv) also needs gfs2-utils and dlm.

# ---- this cluster --------------------------------------------------------------------------------------------------

# shellcheck disable=SC2034 # Not every step needs all of it.
cluster='HV'
only_node='hv-node1'
node_names=('hv-node1' 'hv-node2')
# As corosync knows the hosts, in the order of the nodes; change them where they are other ones.
host_names=('hv-node1' 'hv-node2')
node_iqns=('iqn.1991-05.com.microsoft:hv-node1' 'iqn.1991-05.com.microsoft:hv-node2')
node_targets=('iqn.2026-11.dev.kume:store1-hv-node1' 'iqn.2026-11.dev.kume:store1-hv-node2')
node_chap_users=('hv-user' '')
portals=('192.168.10.1:3260' '[fd00::1]:3261')
disk_names=('quorum' 'vms' 'shared')
disk_roles=('witness' 'data' 'csv')
disk_bytes=(2147483648 32212254720 107374182400)
disk_naas=('6024b555f0c2a9914e87b3307b1e0c4d' '6024b555f0c2a9914e87b3317b1e0c4d' '6024b555f0c2a9914e87b3327b1e0c4d')
multipath_conf='devices {
    device {
        vendor "KUME"
        product "Virtual Disk"
        path_grouping_policy group_by_prio
        detect_prio yes
        path_selector "round-robin 0"
        path_checker tur
        failback immediate
        no_path_retry 12
        fast_io_fail_tmo 15
    }
}'

# ---- what this host is ---------------------------------------------------------------------------------------------

set -euo pipefail

say() { printf '>> %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}
need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || fail "$program is not installed; see the packages at the top"
    done
}

step=${1:-connect}
case $step in
connect | disks | form | check) ;;
*) fail "usage: $0 [connect|disks|form|check]" ;;
esac
[ "$(id -u)" = 0 ] || fail "run it as root"

need iscsiadm
initiator_file=/etc/iscsi/initiatorname.iscsi
mine=$(sed -n 's/^InitiatorName=//p' "$initiator_file" | tail -n 1)
me=-1
for i in "${!node_names[@]}"; do
    case " ${node_iqns[$i]} " in
    *" $mine "*) me=$i ;;
    esac
done
[ "$me" -ge 0 ] || fail "the initiator of this host is called $mine in $initiator_file, which is no node of cluster" \
    "$cluster; add it on the storage server: kume cluster add-node $cluster NAME=$mine"
[ -z "$only_node" ] || [ "${node_names[$me]}" = "$only_node" ] ||
    fail "this script is for node $only_node, and this host is node ${node_names[$me]}"
target=${node_targets[$me]}
chap_user=${node_chap_users[$me]}
say "this host is node ${node_names[$me]} of cluster $cluster"

# The device of a disk: the multipath one where there is one. Its name is made of the disk's own identifier.
device_of() {
    local device
    for device in "/dev/disk/by-id/dm-uuid-mpath-3$1" "/dev/disk/by-id/wwn-0x$1" "/dev/disk/by-id/scsi-3$1"; do
        if [ -b "$device" ]; then
            printf '%s\n' "$device"
            return 0
        fi
    done
    fail "no block device of this host has the identifier $1; run: $0 connect"
}

# Writes a file when it has another content; true when it was written.
put() {
    local file=$1 content=$2
    if [ -f "$file" ] && [ "$(cat "$file")" = "$content" ]; then
        return 1
    fi
    mkdir -p "${file%/*}"
    printf '%s\n' "$content" >"$file"
    say "wrote $file"
}

# ---- connect: one path through each portal, kept over restarts -----------------------------------------------------

set_up_multipath() {
    need multipath multipathd
    if put /etc/multipath/conf.d/kume.conf "$multipath_conf"; then
        systemctl enable --now multipathd
        multipathd reconfigure >/dev/null
    fi
    systemctl enable --now multipathd iscsid
    # The unit that logs in again at boot: Debian's, then Red Hat's.
    systemctl enable open-iscsi 2>/dev/null || systemctl enable iscsi
}

# A portal behind a router is not on the storage network of this host.
on_network_of() {
    local route
    route=$(ip -oneline route get "$1" 2>/dev/null) || fail "this host has no way to the portal $1"
    case " $route " in
    *" via "*) fail "this host reaches the portal $1 through a router: give it an address on that network first" ;;
    esac
}

record() { iscsiadm --mode node --targetname "$target" --portal "$1" --op update --name "$2" --value "$3"; }

connect() {
    set_up_multipath
    local portal address secret=
    for portal in "${portals[@]}"; do
        address=${portal%:*}
        address=${address#[}
        address=${address%]}
        on_network_of "$address"
        if iscsiadm --mode session 2>/dev/null | grep -F -- " $portal," | grep -qF -- " $target "; then
            say "there is a path through $portal already"
            continue
        fi
        iscsiadm --mode discovery --type sendtargets --portal "$portal" >/dev/null
        record "$portal" node.startup automatic
        # A path that is gone gives its commands back after 15 seconds, to be sent by another one.
        record "$portal" node.session.timeo.replacement_timeout 15
        record "$portal" 'node.conn[0].timeo.noop_out_interval' 5
        record "$portal" 'node.conn[0].timeo.noop_out_timeout' 5
        if [ -n "$chap_user" ]; then
            if [ -z "$secret" ]; then
                read -r -s -p "Secret of the CHAP user $chap_user: " secret
                echo
            fi
            record "$portal" node.session.auth.authmethod CHAP
            record "$portal" node.session.auth.username "$chap_user"
            # iscsiadm takes it as an argument only: whoever may list the processes of this host could see it now.
            record "$portal" node.session.auth.password "$secret"
        fi
        say "logging in to $target through $portal"
        iscsiadm --mode node --targetname "$target" --portal "$portal" --login
    done
    udevadm settle
    local i device
    for i in "${!disk_names[@]}"; do
        device=$(device_of "${disk_naas[$i]}")
        [ "$(blockdev --getsize64 "$device")" = "${disk_bytes[$i]}" ] ||
            fail "$device has another size than disk ${disk_names[$i]}: rescan with iscsiadm --mode session --rescan"
        say "disk ${disk_names[$i]} is $device"
    done
    put_lvm_system_id
}

# Volume groups of the cluster belong to one host at a time, known by its name.
put_lvm_system_id() {
    need lvmconfig
    case $(lvmconfig global/system_id_source 2>/dev/null || true) in
    *uname*) return ;;
    esac
    printf '\nglobal {\n    system_id_source = "uname"\n}\n' >>/etc/lvm/lvmlocal.conf
    say "wrote system_id_source into /etc/lvm/lvmlocal.conf"
}

# ---- disks: on the first node, and only where there is nothing on them ---------------------------------------------

# True when neither a partition table nor a file system nor a volume is on it.
is_empty() { [ -z "$(wipefs --noheadings --no-act "$1")" ]; }

make_data() {
    local name=$1 device=$2 group=kume_$1
    if vgs "$group" >/dev/null 2>&1; then
        say "disk $name has its volume group $group already"
        return
    fi
    is_empty "$device" || fail "$device (disk $name) is not empty, and nothing was done to it"
    pvcreate "$device"
    vgcreate --setautoactivation n "$group" "$device"
    lvcreate --yes --extents 100%FREE --name data "$group"
    mkfs.ext4 -q -L "${name:0:16}" "/dev/$group/data"
    vgchange --activate n "$group"
    say "disk $name has the volume group $group with an ext4 file system"
}

disks() {
    [ "$me" = 0 ] || fail "run this on ${node_names[0]}"
    need pvcreate vgcreate lvcreate mkfs.ext4 wipefs
    local i device
    for i in "${!disk_names[@]}"; do
        device=$(device_of "${disk_naas[$i]}")
        case ${disk_roles[$i]} in
        data) make_data "${disk_names[$i]}" "$device" ;;
        csv) say "disk ${disk_names[$i]} gets its GFS2 when the cluster runs: $0 form" ;;
        witness) say "disk ${disk_names[$i]} is left alone: corosync has no disk witness" ;;
        esac
    done
}

# ---- form: corosync, pacemaker, fencing by reservations, a resource for each disk ----------------------------------

has_resource() { pcs resource config "$1" >/dev/null 2>&1; }

form() {
    [ "$me" = 0 ] || fail "run this on ${node_names[0]}"
    need pcs
    local devices=() i device
    for i in "${!disk_names[@]}"; do
        device=$(device_of "${disk_naas[$i]}")
        if [ "${disk_roles[$i]}" != witness ]; then
            devices+=("$device")
        fi
    done
    if ! pcs status >/dev/null 2>&1; then
        pcs host auth "${host_names[@]}" -u hacluster
        pcs cluster setup "$cluster" "${host_names[@]}"
        pcs cluster start --all --wait
        pcs cluster enable --all
    fi
    # A node that is fenced loses its registrations with all disks, and so its writes; they come back when it does.
    if ! pcs stonith config kume-fence >/dev/null 2>&1; then
        pcs stonith create kume-fence fence_scsi "devices=$(IFS=,; printf '%s' "${devices[*]}")" \
            "pcmk_host_list=${host_names[*]}" pcmk_reboot_action=off meta provides=unfencing
    fi
    for i in "${!disk_names[@]}"; do
        device=$(device_of "${disk_naas[$i]}")
        case ${disk_roles[$i]} in
        data) form_data "${disk_names[$i]}" ;;
        csv) form_csv "${disk_names[$i]}" "$device" ;;
        witness) ;;
        esac
    done
    pcs status --full
    say "now on the storage server: kume cluster verify $cluster"
}

form_data() {
    local name=$1
    has_resource "$name-fs" && return
    pcs resource create "$name-lvm" ocf:heartbeat:LVM-activate "vgname=kume_$name" vg_access_mode=system_id \
        --group "$name"
    pcs resource create "$name-fs" ocf:heartbeat:Filesystem "device=/dev/kume_$name/data" "directory=/srv/$name" \
        fstype=ext4 --group "$name"
}

# All nodes write it at once, so it needs a file system for that, and locks between the nodes.
form_csv() {
    local name=$1 device=$2
    need mkfs.gfs2
    pcs property set no-quorum-policy=freeze
    if ! has_resource dlm; then
        pcs resource create dlm ocf:pacemaker:controld op monitor interval=30s on-fail=fence clone interleave=true \
            ordered=true
    fi
    if is_empty "$device"; then
        mkfs.gfs2 -O -p lock_dlm -t "${cluster:0:32}:${name:0:30}" -j "${#node_names[@]}" "$device"
    fi
    has_resource "$name-fs" && return
    pcs resource create "$name-fs" ocf:heartbeat:Filesystem "device=$device" "directory=/srv/$name" fstype=gfs2 \
        options=noatime op monitor interval=10s on-fail=fence clone interleave=true
    pcs constraint order start dlm-clone 'then' "$name-fs-clone"
    pcs constraint colocation add "$name-fs-clone" with dlm-clone
}

# ---- check: what there is now --------------------------------------------------------------------------------------

check() {
    iscsiadm --mode session --print 1
    multipath -ll
    local i device
    for i in "${!disk_names[@]}"; do
        say "disk ${disk_names[$i]}"
        device=$(device_of "${disk_naas[$i]}")
        sg_persist --in --read-keys --no-inquiry "$device"
        sg_persist --in --read-reservation --no-inquiry "$device"
    done
    if command -v pcs >/dev/null; then
        pcs status || true
    fi
}

"$step"
