/** Reads qlog files, and holds them against the schemas of the drafts. */
package dev.sluice.testkit.qlog;
