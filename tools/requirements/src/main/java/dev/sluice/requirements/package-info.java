/**
 * What the specifications require of an implementation, sentence by sentence, and which tests prove
 * it. The ids are those that {@code @Requirement} of the test kit carries.
 */
package dev.sluice.requirements;
