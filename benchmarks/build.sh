# Read by the scripts beside it: builds, and sets java and classpath. Expects home, the root of the checkout.
java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
# A kernel forced on OpenBLAS is not what this processor can do.
unset OPENBLAS_CORETYPE
(cd "$home" && mvn -q -B -pl benchmarks -am -DskipTests -Dspotless.check.skip=true package) >&2
classpath=$home/benchmarks/target/classes:$(cat "$home/benchmarks/target/benchmarks.classpath")
