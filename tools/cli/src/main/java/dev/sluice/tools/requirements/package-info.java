/** {@code sluice requirements}. */
package dev.sluice.tools.requirements;
