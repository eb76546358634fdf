package dev.sluice.tools;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be had, in words: the JDK's exceptions for it mostly have its name only. */
public final class FileFailure {
  private FileFailure() {}

  /** Which file, where the exception knows, and why: for whoever has several to do with. */
  public static String described(Exception e) {
    boolean named = e instanceof FileSystemException file && file.getFile() != null;
    return named ? ((FileSystemException) e).getFile() + ": " + reason(e) : reason(e);
  }

  /** The reason alone; whoever says it names the file. */
  public static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or folder";
      case AccessDeniedException denied -> "permission denied";
      case NotDirectoryException file -> "not a folder";
      case FileAlreadyExistsException file -> "there is such a file";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
