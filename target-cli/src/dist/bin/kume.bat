@echo off
rem Kume: the daemon (kume serve) and its admin CLI. Needs a Java >= 25; KUME_JAVA_OPTS adds options to the JVM.
setlocal EnableExtensions DisableDelayedExpansion
for %%I in ("%~dp0..") do set "KUME_HOME=%%~fI"
set "KUME_JAVA="

if defined JAVA_HOME call :consider "%JAVA_HOME%"
if not defined KUME_JAVA for /f "delims=" %%J in ('where java 2^>nul') do call :consider "%%~dpJ.."
if not defined KUME_JAVA for %%V in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft") do (
    for /d %%D in ("%ProgramFiles%\%%~V\*") do call :consider "%%D"
)
if not defined KUME_JAVA for /d %%D in ("%USERPROFILE%\.jdks\*") do call :consider "%%D"
if not defined KUME_JAVA (
    echo kume: no JDK 25 or newer in JAVA_HOME, on PATH or in the usual folders: install one from https://adoptium.net or set JAVA_HOME>&2
    exit /b 1
)

rem A verb lives for a second and wants a quick start; the daemon wants a bounded heap and room for data in direct memory.
set "KUME_JVM=-XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto -Xms16m -Xmx128m"
for %%W in (%*) do if "%%~W"=="serve" set "KUME_JVM=-XX:+ExitOnOutOfMemoryError -Xms64m -Xmx256m -XX:MaxDirectMemorySize=2g"
set "KUME_NATIVE=dev.kume.core,io.netty.common,io.netty.transport.unix.common,io.netty.transport.classes.epoll"

"%KUME_JAVA%" -XX:+UseSerialGC %KUME_JVM% --enable-native-access=%KUME_NATIVE% "-Dkume.home=%KUME_HOME%" %KUME_JAVA_OPTS% --module-path "%KUME_HOME%\lib" --add-modules ALL-MODULE-PATH --module dev.kume.cli/dev.kume.cli.Main %*
exit /b %ERRORLEVEL%

rem Takes the Java in folder %1 when none is taken yet and its release file says 25 or more.
:consider
if defined KUME_JAVA exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f tokens^=2^ delims^=^=.^" %%R in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
    if %%R GEQ 25 set "KUME_JAVA=%~1\bin\java.exe"
)
exit /b 0
