/** The command line. */
module dev.sluice.tools {
  requires dev.sluice.http3;
  requires dev.sluice.network;
  requires dev.sluice.requirements;
  requires HdrHistogram;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.management;
  requires jdk.management;
  requires me.tongfei.progressbar;

  exports dev.sluice.tools.perf;

  opens dev.sluice.tools to
      info.picocli;
  opens dev.sluice.tools.congestion to
      info.picocli;
  opens dev.sluice.tools.demo to
      info.picocli;
  opens dev.sluice.tools.get to
      info.picocli;
  opens dev.sluice.tools.perf to
      info.picocli;
  opens dev.sluice.tools.interop to
      info.picocli;
  opens dev.sluice.tools.requirements to
      info.picocli;
  opens dev.sluice.tools.serve to
      info.picocli;
  opens dev.sluice.tools.wt to
      info.picocli;
}
