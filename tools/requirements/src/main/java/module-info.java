/**
 * What the specifications require, and which tests prove it. Never a dependency of shipped code.
 */
module dev.sluice.requirements {
  exports dev.sluice.requirements;
}
