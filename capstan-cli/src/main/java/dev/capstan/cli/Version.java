package dev.capstan.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"capstan " + dev.capstan.pipeline.result.Version.NUMBER};
  }
}
