# What the launchers share (tools/sluice, tools/bench/micro, tools/bench/compare, tools/bench/against):
# to be read by them with ".", after they have set
#   home     the repository
#   program  the name that messages begin with
#   project  the folder of the Maven module that they run
#   modules  the folders of the modules whose sources it is made of
# They find a JDK 25 ($jdk) by reading it, then call ensure_built, and may call ensure_quick; the
# flags of Sluice's own JVMs are in it too. Prints nothing on standard output.

# What every JVM gets, also those that a comparison starts for others.
jvm_flags="-XX:+UseSerialGC -XX:-UsePerfData --enable-native-access=ALL-UNNAMED"

# What Sluice's own get besides. What was hot in the rehearsal is not compiled ahead of what is hot now
# (AOTReplayTraining): the compiler has one queue, and a transfer would wait in it behind all that was rehearsed and that
# it never needs.
pace="-XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining"
# C2 puts so much into one method that what sends a packet takes it 0.4 s of both its time and everybody's, and again
# whenever a branch is met that was never taken. Methods that are not small are left outside; calls of those cost little.
pace="$pace -XX:FreqInlineSize=150"
# Where there is much to do, garbage is young: memory that was used before costs less than new pages for a nursery that
# grows.
pace_busy="$pace -Xmn128m"
# Most fetches are over before C2 has anything to show for its time. So it waits for what is hot by far; a long
# transfer still gets all that it can do.
pace_brief="$pace -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400"
pace_brief="$pace_brief -XX:Tier4CompileThreshold=60000"

# Whether $1 is the home of a JDK of at least Java 25. Its "release" file tells without a JVM start.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=*)
        version=${line#*\"}
        version=${version%%[!0-9]*}
        [ -n "$version" ] && [ "$version" -ge 25 ]
        return
        ;;
    esac
  done <"$1/release"
  return 1
}

find_jdk() {
  on_path=$(command -v javac || true)
  while [ -n "$on_path" ] && [ -h "$on_path" ]; do
    target=$(readlink "$on_path")
    case $target in
      /*) on_path=$target ;;
      *) on_path=$(dirname "$on_path")/$target ;;
    esac
  done
  for jdk in "${JAVA_HOME:-}" "${on_path:+$(dirname "$(dirname "$on_path")")}" \
    "${JAVA25_HOME:-}" "${JDK25_HOME:-}" \
    /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/*jdk* /opt/*java* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/* \
    "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* \
    "$HOME"/.gradle/jdks/* "$HOME"/.jbang/cache/jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$jdk" ] && is_jdk "$jdk"; then
      printf '%s\n' "$jdk"
      return 0
    fi
  done
  return 1
}

HOME=${HOME:-/}
classpath=$home/$project/target/launcher.classpath
lock=$home/$project/target/launcher.lock
quick_jar=$home/$project/target/launcher.jar
quick_cache=$home/$project/target/launcher.aot
quick_stamp=$home/$project/target/launcher.quick

# All that decides which JDK is found.
surroundings="${JAVA_HOME:-}|${JAVA25_HOME:-}|${JDK25_HOME:-}|$HOME|$PATH"

# Whether nothing has changed since the last start was prepared for (make_quick, below): then there
# is nothing to look for. One process tells, where the long way takes a dozen.
is_fresh() {
  [ -s "$quick_cache" ] && [ -r "$quick_jar" ] && [ -r "$quick_stamp" ] || return 1
  { IFS= read -r jdk && IFS= read -r made_in; } <"$quick_stamp" || return 1
  [ "$made_in" = "$surroundings" ] && [ -x "$jdk/bin/java" ] || return 1
  [ "$quick_stamp" -nt "$classpath" ] && [ "$quick_stamp" -nt "$jdk/release" ] || return 1
  sources=$home/pom.xml
  for module in $modules; do
    sources="$sources:$home/$module/pom.xml:$home/$module/src/main"
  done
  IFS=:
  newer=$(find $sources -newer "$classpath")
  unset IFS
  [ -z "$newer" ]
}

fresh=false
if is_fresh; then
  fresh=true
elif ! jdk=$(find_jdk); then
  echo "$program: no JDK 25 or later found; install one (Debian: apt-get install openjdk-25-jdk, macOS: brew install openjdk@25, any system: https://adoptium.net) or set JAVA_HOME" >&2
  exit 2
fi

# Up to date when everything on the class path is there, and no source is newer than it.
up_to_date() {
  [ -r "$classpath" ] && [ -d "$home/$project/target/classes" ] || return 1
  sources=$home/pom.xml
  (
    IFS=:
    for entry in $(cat "$classpath"); do
      [ -e "$entry" ] || exit 1
    done
    for module in $(echo "$modules" | tr ' ' ':'); do
      sources="$sources:$home/$module/pom.xml:$home/$module/src/main"
    done
    [ -z "$(find $sources -newer "$classpath" | head -n 1)" ]
  )
}

# One build at a time, when several are started at once. Fails where nothing can be written.
take_lock() {
  mkdir -p "$home/$project/target" 2>/dev/null || return 1
  until mkdir "$lock" 2>/dev/null; do
    [ -w "$home/$project/target" ] || return 1
    owner=$(cat "$lock/owner" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$lock"
    else
      sleep 1
    fi
  done
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT TERM HUP
  echo $$ >"$lock/owner"
}

drop_lock() {
  rm -rf "$lock"
  trap - EXIT INT TERM HUP
}

build() {
  if ! command -v mvn >/dev/null; then
    echo "$program: to build, Maven 3.8 or later is needed: install it (Debian: apt-get install maven)" >&2
    exit 2
  fi
  echo "$program: building (some minutes when Maven's repository is empty)" >&2
  started=$home/$project/target/launcher.started
  : >"$started"
  # Maven itself runs on whatever Java it finds, and on this one when there is no other.
  if [ -n "${JAVA_HOME:-}" ]; then
    [ -x "$JAVA_HOME/bin/java" ] || export JAVA_HOME="$jdk"
  elif ! command -v java >/dev/null; then
    export JAVA_HOME="$jdk"
  fi
  if ! JAVA25_HOME=$jdk mvn -q -B -f "$home/pom.xml" -pl "$project" -am process-classes >&2; then
    echo "$program: the build failed" >&2
    exit 2
  fi
  # What was edited during the build is newer than it.
  touch -r "$started" "$classpath"
}

# Builds what is not built or out of date.
ensure_built() {
  [ $fresh = true ] || up_to_date && return
  if ! take_lock; then
    echo "$program: it has to be built, but $home/$project/target cannot be written to" >&2
    exit 2
  fi
  up_to_date || build
  drop_lock
}

# A JVM starts in a fraction of the time when it finds its classes, parsed and linked, in a cache
# (JEP 483, 514, 515). A cache can only be made of jars: so what was built goes into one jar, what
# it does most is rehearsed from it, and both lie beside the classes until these change. Where this does
# not work, for whatever reason, nothing is said, and the classes themselves are run.
#
# $1  a main class that writes the jar that its argument names
# $2  a main class that rehearses

# Whether the last try was made with what is there now: these classes, and this JDK.
quick_is_current() {
  [ -r "$quick_stamp" ] && read -r made_with <"$quick_stamp" && [ "$made_with" = "$jdk" ] || return 1
  (
    IFS=:
    folders=
    for entry in $(cat "$classpath"); do
      [ ! -d "$entry" ] || folders="$folders:$entry"
    done
    [ -z "$(find $home/$project/target/classes$folders "$classpath" "$jdk/release" \
      -newer "$quick_stamp" | head -n 1)" ]
  )
}

stamp_quick() {
  printf '%s\n%s\n' "$jdk" "$surroundings" >"$quick_stamp.new"
}

make_quick() {
  echo "$program: preparing for quick starts, once" >&2
  rm -f "$quick_jar" "$quick_cache" "$quick_stamp.new"
  stamp_quick
  {
    "$jdk/bin/java" -XX:TieredStopAtLevel=1 \
      -cp "$home/$project/target/classes:$(cat "$classpath")" "$1" "$quick_jar" &&
      "$jdk/bin/java" $jvm_flags "-XX:AOTCacheOutput=$quick_cache" -cp "$quick_jar" "$2"
  } >"$home/$project/target/launcher.quick.log" 2>&1 </dev/null || rm -f "$quick_cache"
  mv "$quick_stamp.new" "$quick_stamp"
}

ensure_quick() {
  [ $fresh = true ] && return
  if quick_is_current; then
    # From elsewhere the same JDK was found: the next start from here need not look for it.
    { stamp_quick && mv "$quick_stamp.new" "$quick_stamp"; } 2>/dev/null || true
    return
  fi
  if ! take_lock; then
    quick_cache= # what there is was made of other classes
    return
  fi
  quick_is_current || make_quick "$@"
  drop_lock
}
