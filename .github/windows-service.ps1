# Kume as a service of Windows, from its zip to a file on a disk that Microsoft's own initiator has formatted.
# usage: windows-service.ps1 ZIP, as administrator, on a machine that may be thrown away
param([Parameter(Mandatory)] [string] $Zip)
$ErrorActionPreference = 'Stop'

function Invoke-Kume {
    & $script:program @args
    if ($LASTEXITCODE -ne 0) { throw "kume $args ended with status $LASTEXITCODE" }
}

function Wait-Until([string] $What, [scriptblock] $Condition) {
    foreach ($second in 1..60) {
        $found = & $Condition
        if ($found) { return $found }
        Start-Sleep -Seconds 1
    }
    throw "$What does not come within a minute"
}

function Assert-That([string] $What, $Truth) {
    if (-not $Truth) { throw "not so: $What" }
    Write-Host "so it is: $What"
}

$folder = Join-Path $env:ProgramFiles 'Kume'
Expand-Archive -Path $Zip -DestinationPath $folder
$program = (Get-ChildItem -Path $folder -Recurse -Filter kume.bat | Select-Object -First 1).FullName
$data = Join-Path $env:ProgramData 'Kume'
$address = (Get-NetIPAddress -AddressFamily IPv4 |
        Where-Object { $_.IPAddress -notlike '127.*' -and $_.IPAddress -notlike '169.254.*' } |
        Select-Object -First 1).IPAddress

try {
    Invoke-Kume service install --print --address $address
    Assert-That '--print does nothing' (-not (Get-Service -Name Kume -ErrorAction SilentlyContinue))
    Invoke-Kume service install --address $address
    $service = Get-CimInstance Win32_Service -Filter "Name='Kume'"
    Assert-That 'it runs as LocalService' ($service.StartName -eq 'NT AUTHORITY\LocalService')
    Assert-That 'it starts by itself, delayed' ($service.StartMode -eq 'Auto' -and $service.DelayedAutoStart)
    Assert-That 'it is started again 5, 10 and 60 seconds after a failure' (
        (sc.exe qfailure Kume | Select-String 'RESTART').Count -eq 3)
    $rule = Get-NetFirewallRule -Name Kume
    Assert-That 'the firewall is open at one address' (
        ($rule | Get-NetFirewallAddressFilter).LocalAddress -eq $address -and
        ($rule | Get-NetFirewallPortFilter).LocalPort -eq '3260' -and
        ($rule | Get-NetFirewallServiceFilter).Service -eq 'Kume')
    Assert-That 'users cannot look into the data' (
        -not ((Get-Acl $data).Access | Where-Object { $_.IdentityReference -match 'Users|Everyone' }))

    Invoke-Kume service start
    Assert-That 'it runs' ((Get-Service Kume).Status -eq 'Running')
    Invoke-Kume status

    Start-Service MSiSCSI
    $initiator = (Get-InitiatorPort | Where-Object { $_.NodeAddress -like 'iqn.*' } | Select-Object -First 1).NodeAddress
    Invoke-Kume disk create smoke --size 256MB --format vhdx
    Invoke-Kume target create smoke --initiator $initiator
    Invoke-Kume map smoke smoke

    New-IscsiTargetPortal -TargetPortalAddress $address | Out-Null
    $target = Wait-Until 'the target' { Get-IscsiTarget | Where-Object { $_.NodeAddress -like '*smoke*' } }
    Connect-IscsiTarget -NodeAddress $target.NodeAddress | Out-Null
    $disk = Wait-Until 'the disk' { Get-Disk | Where-Object { $_.BusType -eq 'iSCSI' } }
    Assert-That 'it has the size that it was made with' ($disk.Size -eq 256MB)
    if ($disk.IsOffline) { Set-Disk -Number $disk.Number -IsOffline $false }
    if ($disk.IsReadOnly) { Set-Disk -Number $disk.Number -IsReadOnly $false }
    Initialize-Disk -Number $disk.Number -PartitionStyle GPT
    $letter = (New-Partition -DiskNumber $disk.Number -UseMaximumSize -AssignDriveLetter).DriveLetter
    Format-Volume -DriveLetter $letter -FileSystem NTFS -Confirm:$false | Out-Null
    Copy-Item -Path $Zip -Destination "${letter}:\copy.zip"
    $before = (Get-FileHash $Zip).Hash
    Invoke-Kume session list
    Disconnect-IscsiTarget -NodeAddress $target.NodeAddress -Confirm:$false

    # A restart by the verbs, and the file is there.
    Invoke-Kume service stop
    Assert-That 'it has stopped' ((Get-Service Kume).Status -eq 'Stopped')
    Invoke-Kume service start
    Connect-IscsiTarget -NodeAddress $target.NodeAddress | Out-Null
    Wait-Until 'the file' { Test-Path "${letter}:\copy.zip" } | Out-Null
    Assert-That 'the file is what was written' ((Get-FileHash "${letter}:\copy.zip").Hash -eq $before)
    Disconnect-IscsiTarget -NodeAddress $target.NodeAddress -Confirm:$false

    # Killed, Windows starts it again.
    $killed = (Get-CimInstance Win32_Service -Filter "Name='Kume'").ProcessId
    Stop-Process -Id $killed -Force
    Wait-Until 'the restart' {
        $now = Get-CimInstance Win32_Service -Filter "Name='Kume'"
        $now.State -eq 'Running' -and $now.ProcessId -ne $killed
    } | Out-Null
    Invoke-Kume status

    $events = Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'Kume' }
    Assert-That 'the Event Log has that it was ready' ($events | Where-Object { $_.Id -eq 2002 })

    Invoke-Kume service uninstall --yes
    Assert-That 'it is gone' (-not (Get-Service -Name Kume -ErrorAction SilentlyContinue))
    Assert-That 'its rule is gone' (-not (Get-NetFirewallRule -Name Kume -ErrorAction SilentlyContinue))
    Assert-That 'settings and disks are left' ((Test-Path "$data\kume.yaml") -and (Test-Path "$data\disks\smoke.vhdx"))
} catch {
    Write-Host '--- log'
    Get-Content "$data\log\kume.log" -Tail 100 -ErrorAction SilentlyContinue
    Write-Host '--- events'
    Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'Kume' } -MaxEvents 50 `
        -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, LevelDisplayName, Message
    Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Service Control Manager' } -MaxEvents 20 `
        -ErrorAction SilentlyContinue | Where-Object { $_.Message -match 'Kume' } | Format-List TimeCreated, Id, Message
    throw
}
