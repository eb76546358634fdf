/** The command line. */
module dev.sluice.tools {
  requires dev.sluice.http3;
  requires dev.sluice.requirements;
  requires info.picocli;
  requires me.tongfei.progressbar;

  opens dev.sluice.tools to
      info.picocli;
  opens dev.sluice.tools.demo to
      info.picocli;
  opens dev.sluice.tools.get to
      info.picocli;
  opens dev.sluice.tools.requirements to
      info.picocli;
  opens dev.sluice.tools.serve to
      info.picocli;
  opens dev.sluice.tools.wt to
      info.picocli;
}
