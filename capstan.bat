@echo off
rem Builds Capstan on first use and after its sources changed, then starts it.
setlocal
set "HOME_DIR=%~dp0"
set "TARGET=%HOME_DIR%capstan-cli\target"

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
set "VERSION="
for /f "tokens=3" %%v in ('""%JAVA%" -version 2^>^&1" ^| findstr /i version') do if not defined VERSION set "VERSION=%%~v"
for /f "delims=.-+" %%v in ("%VERSION%") do set "MAJOR=%%v"
if not defined VERSION (
  echo capstan: error: no Java found: install a JDK of version 17 or newer, or set JAVA_HOME to one 1>&2
  exit /b 1
)
if %MAJOR% LSS 17 (
  echo capstan: error: Java %VERSION% found: a JDK of version 17 or newer is needed ^(JAVA_HOME names it^) 1>&2
  exit /b 1
)

rem Whether a source is newer than the mark of the last completed build: PowerShell, since cmd cannot compare times.
set "FRESH=1"
if not exist "%TARGET%\dist\built" set "FRESH="
if defined FRESH powershell -NoProfile -Command "$t=(Get-Item '%TARGET%\dist\built').LastWriteTime; if (Get-ChildItem '%HOME_DIR%pom.xml','%HOME_DIR%*\pom.xml','%HOME_DIR%*\src\main' -Recurse | Where-Object { $_.LastWriteTime -gt $t } | Select-Object -First 1) { exit 1 }" || set "FRESH="
if defined FRESH goto run

if not exist "%TARGET%" mkdir "%TARGET%"
echo capstan: building; the first time downloads about 200 MB and takes minutes, later starts do neither ^(log: %TARGET%\build.log^) 1>&2
type nul > "%TARGET%\started"
if exist "%TARGET%\dist" rmdir /s /q "%TARGET%\dist"
pushd "%HOME_DIR%"
call mvnw.cmd -q -B -DskipTests -pl capstan-cli -am package > "%TARGET%\build.log" 2>&1 < nul
if errorlevel 1 (
  popd
  type "%TARGET%\build.log" 1>&2
  echo capstan: error: the build failed, see %TARGET%\build.log 1>&2
  exit /b 1
)
popd
move /y "%TARGET%\started" "%TARGET%\dist\built" > nul

:run
set "GOMP_SPINCOUNT=10000"
"%JAVA%" -XX:+UseParallelGC -Xshare:auto -Djava.awt.headless=true -cp "%TARGET%\dist\lib\*" dev.capstan.cli.Main %*
exit /b %ERRORLEVEL%
