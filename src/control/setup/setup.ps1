# Sets up @@title_plain@@ for @@service_plain@@: shows what changes, asks, keeps a backup, can be undone.
#
#   irm @@url@@.ps1 | iex
#   & ([scriptblock]::Create((irm @@url@@.ps1))) KEY [-Yes] [-DryRun] [-Undo] [-Model ID] [-Region auto|ID]
#
# Without KEY it asks for it. It uses node or python, whichever is here; without them it prints what to paste.
param(
  [string]$Key = '',
  [switch]$Yes,
  [switch]$Undo,
  [switch]$DryRun,
  [string]$Model = '',
  [string]$Region = ''
)

function Find-SetupTool {
  foreach ($name in @('node', 'python3', 'python', 'py')) {
    $command = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $command) { continue }
    # On Windows `python` may be a stub that only opens the shop.
    $version = try { (& $command.Source --version 2>&1 | Out-String).Trim() } catch { '' }
    if ($name -eq 'node' -and $version -match '^v(\d+)' -and [int]$Matches[1] -ge 18) { return @{ Path = $command.Source; Kind = 'node' } }
    if ($name -ne 'node' -and $version -match '^Python 3\.') { return @{ Path = $command.Source; Kind = 'python' } }
  }
  return @{ Path = ''; Kind = 'none' }
}

function Read-SetupKey([string]$Given, [string]$Service, [string]$Prefix) {
  $key = $Given
  if (-not $key) { $key = $env:@@key_variable@@ }
  if (-not $key) {
    $secret = Read-Host "Key of $Service ($Prefix...)" -AsSecureString
    $key = (New-Object System.Net.NetworkCredential('', $secret)).Password
  }
  $key = ($key -replace '[\s"'']', '') -replace '^[Bb]earer', ''
  if (-not $key) { throw 'There is no key; nothing was changed.' }
  if ($key -notmatch '^[A-Za-z0-9._-]+$') { throw 'The key has signs in it that no key has; copy the whole key again.' }
  if (-not $key.StartsWith($Prefix) -and $key -match '^(sk-|AIza)') {
    throw "That is a key of another service; the one for $Service begins with $Prefix. Nothing was changed."
  }
  return $key
}

function Measure-SetupHost([string]$Origin) {
  $best = 99.0
  foreach ($try in 1..2) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try {
      Invoke-WebRequest -Uri "$Origin/healthz" -UseBasicParsing -TimeoutSec 5 | Out-Null
      $best = [Math]::Min($best, $watch.Elapsed.TotalSeconds)
    } catch { Write-Verbose "$Origin cannot be reached: $_" }
  }
  return $best
}

function Select-SetupOrigin([string]$Region, [object[]]$Hosts) {
  if (-not $Region) { return '' }
  if (-not $Hosts) { throw 'The service names no regions; leave -Region out.' }
  if ($Region -ne 'auto') {
    $chosen = $Hosts | Where-Object { $_.region -eq $Region } | Select-Object -First 1
    if (-not $chosen) { throw "There is no region $Region; there are: $(($Hosts | ForEach-Object { $_.region }) -join ', ')" }
    return $chosen.origin
  }
  $measured = $Hosts | ForEach-Object {
    $took = Measure-SetupHost $_.origin
    Write-Host ('  {0,-12} {1:0.000} s  {2} {3}' -f $_.region, $took, $_.origin, $_.place)
    New-Object PSObject -Property @{ Origin = $_.origin; Took = $took }
  }
  $best = $measured | Sort-Object Took | Select-Object -First 1
  if ($best.Took -ge 99) { throw 'None of the regions can be reached from here.' }
  return $best.Origin
}

function Confirm-Setup([string]$Question, [bool]$Agreed) {
  if ($Agreed) { return $true }
  return (Read-Host "$Question [y/N]") -match '^[yY]'
}

function Test-SetupConnection([string]$Url, [string]$HeaderName, [string]$HeaderValue, [hashtable]$More, [string]$Service) {
  $headers = @{ $HeaderName = $HeaderValue } + $More
  try {
    Invoke-WebRequest -Uri $Url -Headers $headers -UseBasicParsing -TimeoutSec 20 -MaximumRedirection 0 -ErrorAction Stop | Out-Null
    Write-Host 'The connection works, and the key is good.'
  } catch {
    $status = 0
    if ($_.Exception.PSObject.Properties['Response'] -and $_.Exception.Response) { $status = [int]$_.Exception.Response.StatusCode }
    if ($status -eq 401 -or $status -eq 403) { Write-Warning "The key was refused ($status). Make or copy a key of $Service and run this again." }
    elseif ($status -ge 300 -and $status -lt 400) { Write-Warning "$Url redirects ($status), and a redirect drops the key: the address must begin with https://." }
    elseif ($status -gt 0) { Write-Warning "$Url answers $status." }
    else { Write-Warning "$Url cannot be reached: $($_.Exception.Message)" }
  }
}

function Invoke-Setup {
  $service = @@service@@
  $title = @@title@@
  $url = '@@url@@'
  $origin = @@origin@@
  $prefix = @@prefix@@
  $files = @@files@@
  $checkUrl = @@check_url@@
  $more = @@check_more@@
  $job = @@job@@
  $paste = @@paste@@
  $lines = @@lines@@
  if ($Model -and $Model -notmatch '^[A-Za-z0-9._:/@+-]+$') { throw '-Model has signs in it that no model''s name has.' }
  $hosts = @(($job | ConvertFrom-Json).hosts)
  $moved = Select-SetupOrigin $Region $hosts
  $to = $origin
  if ($moved) { $to = $moved; Write-Host "Using $moved" }
  $shownModel = @@model@@
  if ($Model) { $shownModel = $Model }
  $lines = $lines.Replace($origin, $to)
  $lines = $lines.Replace('{{model}}', $shownModel)
  if (@@withheld@@ -and -not $Undo) { Invoke-WithModelsOfKey $url $service $prefix; return }
  if ($files -eq 0) { Write-Host $lines; return }

  $tool = Find-SetupTool
  # Not $key: names differ by more than case, or the one that was given is lost.
  $ownKey = ''
  if (-not $Undo) { $ownKey = Read-SetupKey $Key $service $prefix }
  if ($tool.Kind -eq 'none') {
    if ($Undo) { throw 'Undoing needs node or python on Windows; the backups lie beside the files as .backup.' }
    Write-Host 'Neither node nor python is here to edit the files safely. Put these lines there yourself:'
    $paste = $paste.Replace($origin, $to)
    $paste = $paste.Replace('{{model}}', $shownModel)
    Write-Host ($paste.Replace('{{key}}', $ownKey))
  } else {
    Edit-SetupFiles $tool $job $ownKey $moved $title $service
  }
  if ($Undo -or $DryRun) { return }
  Test-SetupConnection ($checkUrl.Replace($origin, $to)) @@header_name@@ (@@header_value@@ + $ownKey) $more $service
  Write-Host ''
  Write-Host $lines
  Write-Host "To take it back: & ([scriptblock]::Create((irm $url.ps1))) -Undo"
}

# Models are told to keys alone: this script again, with those that the key may use.
function Invoke-WithModelsOfKey([string]$Url, [string]$Service, [string]$Prefix) {
  $ownKey = Read-SetupKey $Key $Service $Prefix
  try {
    $answer = Invoke-WebRequest -Uri "$Url.ps1" -Headers @{ Authorization = "Bearer $ownKey" } -UseBasicParsing -TimeoutSec 20 -MaximumRedirection 0 -ErrorAction Stop
  } catch {
    $status = 0
    if ($_.Exception.PSObject.Properties['Response'] -and $_.Exception.Response) { $status = [int]$_.Exception.Response.StatusCode }
    if ($status -eq 401 -or $status -eq 403) { throw "The key was refused ($status). Make or copy a key of $Service and run this again." }
    throw "$Url.ps1 cannot be read: $($_.Exception.Message)"
  }
  & ([scriptblock]::Create([string]$answer.Content)) $ownKey -Yes:$Yes -DryRun:$DryRun -Model $Model -Region $Region
}

function Edit-SetupFiles([hashtable]$Tool, [string]$Job, [string]$Key, [string]$Origin, [string]$Title, [string]$Service) {
  $folder = Join-Path ([System.IO.Path]::GetTempPath()) ('setup-' + [guid]::NewGuid().ToString('N'))
  $utf8 = New-Object System.Text.UTF8Encoding($false)
  New-Item -ItemType Directory -Path $folder | Out-Null
  try {
    $program = Join-Path $folder 'setup.py'
    $text = $script:SetupPython
    if ($Tool.Kind -eq 'node') { $program = Join-Path $folder 'setup.mjs'; $text = $script:SetupJavaScript }
    $jobFile = Join-Path $folder 'job.json'
    [System.IO.File]::WriteAllText($program, $text, $utf8)
    [System.IO.File]::WriteAllText($jobFile, $Job, $utf8)
    $env:SETUP_KEY = $Key
    $env:SETUP_MODEL = $Model
    $env:SETUP_ORIGIN = $Origin
    $modes = @('plan', 'apply')
    $question = 'Change these files?'
    if ($Undo) { $modes = @('undo-plan', 'undo'); $question = 'Put it back as it was?'; Write-Host "Taking back what setup changed for ${Title}:" }
    else { Write-Host "Setting up $Title for ${Service}:" }
    & $Tool.Path $program $modes[0] $jobFile | Out-Host
    $code = $LASTEXITCODE
    if ($code -eq 3) { Write-Host 'There is nothing to do.'; return }
    if ($code -ne 0) { throw 'Nothing was changed.' }
    if ($DryRun) { Write-Host 'A dry run: nothing was changed.'; return }
    if (-not (Confirm-Setup $question $Yes.IsPresent)) { throw 'Nothing was changed.' }
    & $Tool.Path $program $modes[1] $jobFile | Out-Host
    if ($LASTEXITCODE -ne 0) { throw 'The files could not all be changed; see above.' }
    Write-Host 'Done.'
  } finally {
    foreach ($name in @('SETUP_KEY', 'SETUP_MODEL', 'SETUP_ORIGIN')) { Remove-Item "Env:$name" -ErrorAction SilentlyContinue }
    Remove-Item -Recurse -Force $folder
  }
}

$script:SetupJavaScript = @'
@@javascript@@
'@

$script:SetupPython = @'
@@python@@
'@

[System.Net.ServicePointManager]::SecurityProtocol = [System.Net.ServicePointManager]::SecurityProtocol -bor [System.Net.SecurityProtocolType]::Tls12
Invoke-Setup
