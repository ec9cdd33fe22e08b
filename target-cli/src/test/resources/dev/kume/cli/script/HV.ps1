# Connects the nodes of cluster HV to their storage and forms the cluster, on Windows Server 2016 or newer.
# Run it as administrator on each node, and then once with -Form on hv-node1:
#
#   powershell.exe -ExecutionPolicy Bypass -File hv.ps1
#   powershell.exe -ExecutionPolicy Bypass -File hv.ps1 -Form
#
# It starts the iSCSI initiator, installs MPIO and Failover Clustering, adds the portals, logs in through
# each of them for good, and finds the disks by their unique ids. On hv-node1 it also makes a volume on
# disks that are empty; whatever has a partition table stays as it is. With -Form it validates, forms
# the cluster, and gives each disk its role. What is done already is left alone: run it again at any time.

#Requires -RunAsAdministrator
param(
    # Forms the cluster; without it a node is connected alone.
    [switch] $Form,
    # The computers' names, in the order of the nodes, where they are other ones.
    [string[]] $ComputerName = @('hv-node1', 'hv-node2'),
    # The cluster's name on the network, at most 15 characters.
    [string] $ClusterName = 'HV',
    # The cluster's address where there is no DHCP.
    [string[]] $StaticAddress = @()
)

# ---- this cluster --------------------------------------------------------------------------------------------------

$KumeCluster = 'HV'
$OnlyNode = ''
$Nodes = @(
    @{ Name = 'hv-node1'; Iqns = @('iqn.1991-05.com.microsoft:hv-node1'); Target = 'iqn.2026-11.dev.kume:store1-hv-node1'; ChapUser = 'hv-user' }
    @{ Name = 'hv-node2'; Iqns = @('iqn.1991-05.com.microsoft:hv-node2'); Target = 'iqn.2026-11.dev.kume:store1-hv-node2'; ChapUser = '' }
)
$Portals = @(
    @{ Address = '192.168.10.1'; Port = 3260; Network = '192.168.10.0/24' }
    @{ Address = 'fd00::1'; Port = 3261; Network = 'fd00:0:0:0:0:0:0:1' }
)
$Disks = @(
    @{ Name = 'quorum'; Role = 'witness'; Lun = 0; Bytes = 2147483648; Serial = '5F0C2A9914E87B30'; Naa = '6024B555F0C2A9914E87B3307B1E0C4D' }
    @{ Name = 'vms'; Role = 'data'; Lun = 1; Bytes = 32212254720; Serial = '5F0C2A9914E87B31'; Naa = '6024B555F0C2A9914E87B3317B1E0C4D' }
    @{ Name = 'shared'; Role = 'csv'; Lun = 2; Bytes = 107374182400; Serial = '5F0C2A9914E87B32'; Naa = '6024B555F0C2A9914E87B3327B1E0C4D' }
)

# ---- what this host is ---------------------------------------------------------------------------------------------

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Say([string] $Text) { Write-Host ">> $Text" }

$Service = Get-Service -Name MSiSCSI
if ($Service.StartType -ne 'Automatic') { Set-Service -Name MSiSCSI -StartupType Automatic }
if ($Service.Status -ne 'Running') { Start-Service -Name MSiSCSI }

$Mine = @((Get-InitiatorPort | Where-Object { $_.ConnectionType -eq 'iSCSI' }).NodeAddress)
$Node = $Nodes | Where-Object { $row = $_; $Mine | Where-Object { $row.Iqns -contains $_ } } | Select-Object -First 1
if (-not $Node) {
    throw ("The initiator of this host is called $($Mine -join ', '), which is no node of cluster $KumeCluster. " +
        "Add it on the storage server: kume cluster add-node $KumeCluster NAME=$($Mine | Select-Object -First 1)")
}
if ($OnlyNode -and $Node.Name -ne $OnlyNode) {
    throw "This script is for node $OnlyNode, and this host is node $($Node.Name)."
}
$First = $Node.Name -eq $Nodes[0].Name
Say "This host is node $($Node.Name) of cluster $KumeCluster."

# ---- features: MPIO and Failover Clustering ------------------------------------------------------------------------

$Missing = @('Multipath-IO', 'Failover-Clustering') | Where-Object { -not (Get-WindowsFeature -Name $_).Installed }
if ($Missing) {
    Say "Installing $($Missing -join ', ')."
    $Installed = Install-WindowsFeature -Name $Missing -IncludeManagementTools
    if ($Installed.RestartNeeded -ne 'No') {
        Write-Warning 'Windows wants a restart first: run Restart-Computer, then this script again.'
        return
    }
}
if (-not (Get-MSDSMAutomaticClaimSettings)['iSCSI']) {
    Say 'MPIO will claim iSCSI disks.'
    Enable-MSDSMAutomaticClaim -BusType iSCSI -Confirm:$false | Out-Null
    if (Get-Disk | Where-Object { $_.BusType -eq 'iSCSI' }) {
        Write-Warning 'There are iSCSI disks already, which MPIO claims at the next start: restart this host first.'
        return
    }
}

# ---- portals and sessions: one path through each portal, kept over restarts ----------------------------------------

# The address of this host on the network of a portal. One behind a router is not the storage network.
function Get-PathAddress($Portal) {
    $Found = @(Find-NetRoute -RemoteIPAddress $Portal.Address)
    $Local = $Found | Where-Object { $_.PSObject.Properties['IPAddress'] } | Select-Object -First 1
    $Route = $Found | Where-Object { $_.PSObject.Properties['NextHop'] } | Select-Object -First 1
    if ($Route -and $Route.NextHop -notin @('0.0.0.0', '::')) {
        throw ("This host reaches the portal $($Portal.Address) through the router $($Route.NextHop). " +
            "Give it an address on the network $($Portal.Network) first.")
    }
    return $Local.IPAddress
}

function Test-KumePath($Portal) {
    foreach ($Session in @(Get-IscsiSession | Where-Object { $_.TargetNodeAddress -eq $Node.Target })) {
        foreach ($Connection in @($Session | Get-IscsiConnection)) {
            if ($Connection.TargetAddress -eq $Portal.Address -and $Connection.TargetPortNumber -eq $Portal.Port) {
                return $true
            }
        }
    }
    return $false
}

$Secret = $null
foreach ($Portal in $Portals) {
    $From = Get-PathAddress $Portal
    $Known = Get-IscsiTargetPortal | Where-Object {
        $_.TargetPortalAddress -eq $Portal.Address -and $_.TargetPortalPortNumber -eq $Portal.Port
    }
    if (-not $Known) {
        Say "Adding the portal $($Portal.Address):$($Portal.Port), from $From."
        New-IscsiTargetPortal -TargetPortalAddress $Portal.Address -TargetPortalPortNumber $Portal.Port `
            -InitiatorPortalAddress $From | Out-Null
    } else {
        Update-IscsiTargetPortal -TargetPortalAddress $Portal.Address -TargetPortalPortNumber $Portal.Port
    }
    if (Test-KumePath $Portal) {
        Say "There is a path through $($Portal.Address) already."
        continue
    }
    $Login = @{
        NodeAddress            = $Node.Target
        TargetPortalAddress    = $Portal.Address
        TargetPortalPortNumber = $Portal.Port
        InitiatorPortalAddress = $From
        IsPersistent           = $true
        IsMultipathEnabled     = $true
    }
    if ($Node.ChapUser) {
        if (-not $Secret) {
            $Secret = Read-Host -AsSecureString -Prompt "Secret of the CHAP user $($Node.ChapUser)"
        }
        $Login.AuthenticationType = 'ONEWAYCHAP'
        $Login.ChapUsername = $Node.ChapUser
        $Login.ChapSecret = [System.Net.NetworkCredential]::new('', $Secret).Password
    }
    Say "Logging in to $($Node.Target) through $($Portal.Address)."
    Connect-IscsiTarget @Login | Out-Null
    $Login.Remove('ChapSecret')
}
$Secret = $null

# ---- disks: found by their unique ids, never by their numbers ------------------------------------------------------

Update-HostStorageCache

# The one disk with this unique id, serial number and size; anything else is an error, and nothing is touched.
function Get-KumeDisk($Wanted) {
    $Found = @(Get-Disk | Where-Object {
            $_.UniqueId -eq $Wanted.Naa -and "$($_.SerialNumber)".Trim() -eq $Wanted.Serial
        })
    if ($Found.Count -ne 1) {
        throw ("$($Found.Count) disks of this host are disk $($Wanted.Name) (unique id $($Wanted.Naa), LUN " +
            "$($Wanted.Lun)). One is right: see mpclaim -s -d when there are more, the sessions when there is none.")
    }
    if ($Found[0].Size -ne $Wanted.Bytes) {
        throw "Disk $($Wanted.Name) has $($Found[0].Size) bytes here and $($Wanted.Bytes) on the storage server."
    }
    return $Found[0]
}

foreach ($Wanted in $Disks) {
    $Disk = Get-KumeDisk $Wanted
    Say "Disk $($Wanted.Name) is number $($Disk.Number) here: $($Disk.PartitionStyle)."
    if (-not $First -or $Disk.IsClustered -or $Disk.PartitionStyle -ne 'RAW') { continue }
    # Only the first node, and only a disk that has nothing at all on it.
    if ($Disk.IsOffline) { Set-Disk -Number $Disk.Number -IsOffline $false }
    if ($Disk.IsReadOnly) { Set-Disk -Number $Disk.Number -IsReadOnly $false }
    $Disk = Get-KumeDisk $Wanted
    if ($Disk.PartitionStyle -ne 'RAW') { continue }
    Say "Disk $($Wanted.Name) is empty: making a GPT and one NTFS volume on it."
    Initialize-Disk -Number $Disk.Number -PartitionStyle GPT
    $Label = $Wanted.Name.Substring(0, [Math]::Min(32, $Wanted.Name.Length))
    New-Partition -DiskNumber $Disk.Number -UseMaximumSize |
        Format-Volume -FileSystem NTFS -NewFileSystemLabel $Label -Confirm:$false | Out-Null
}

if (-not $Form) {
    Say "Node $($Node.Name) is ready. When all nodes are, run this script with -Form on $($Nodes[0].Name)."
    return
}
if (-not $First) { throw "Run it with -Form on $($Nodes[0].Name), which has prepared the disks." }

# ---- cluster: validated, formed, its disks by their roles ----------------------------------------------------------

if (-not (Get-Cluster -Name $ClusterName -ErrorAction SilentlyContinue)) {
    Say 'Validating; this takes some minutes. Read the report before you trust the cluster.'
    Test-Cluster -Node $ComputerName
    Say "Forming the cluster $ClusterName of $($ComputerName -join ', ')."
    $New = @{ Name = $ClusterName; Node = $ComputerName; NoStorage = $true }
    if ($StaticAddress) { $New.StaticAddress = $StaticAddress }
    New-Cluster @New | Out-Null
}

# The resource of a disk, by the GUID that its partition table has; disks in use as shared volumes are listed apart.
function Get-DiskResource($Disk) {
    $All = @(Get-ClusterResource | Where-Object { $_.ResourceType -eq 'Physical Disk' }) + @(Get-ClusterSharedVolume)
    return $All | Where-Object {
        ($_ | Get-ClusterParameter -Name DiskIdGuid -ErrorAction SilentlyContinue).Value -eq $Disk.Guid
    } | Select-Object -First 1
}

foreach ($Wanted in $Disks) {
    $Disk = Get-KumeDisk $Wanted
    $Resource = Get-DiskResource $Disk
    if (-not $Resource) {
        Say "Adding disk $($Wanted.Name) to the cluster."
        $Resource = Get-Disk -Number $Disk.Number | Add-ClusterDisk
        $Resource.Name = $Wanted.Name
    }
    if ($Wanted.Role -eq 'witness') {
        if ("$((Get-ClusterQuorum).QuorumResource)" -ne $Resource.Name) {
            Say "Disk $($Wanted.Name) is the witness."
            Set-ClusterQuorum -NodeAndDiskMajority $Resource.Name | Out-Null
        }
    } elseif ($Wanted.Role -eq 'csv') {
        if (-not (Get-ClusterSharedVolume | Where-Object { $_.Name -eq $Resource.Name })) {
            Say "Disk $($Wanted.Name) becomes a cluster shared volume."
            Add-ClusterSharedVolume -Name $Resource.Name | Out-Null
        }
    }
}

# ---- what there is now ---------------------------------------------------------------------------------------------

Get-ClusterNode | Format-Table Name, State
Get-ClusterQuorum | Format-Table QuorumResource
Get-ClusterResource | Format-Table Name, State, OwnerNode, ResourceType
Get-ClusterSharedVolume | Format-Table Name, State, OwnerNode
mpclaim.exe -s -d
Say "Now on the storage server: kume cluster verify $KumeCluster"
