package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.condatainer.lock.MountPoints.MountPoint;

/**
 * The file system on which an image lies.
 *
 * @param type its type: {@code ext4}, {@code nfs4}, {@code lustre}
 * @param shared whether other machines can have it too, as far as the type tells
 * @param reach whether a lock that is taken here is seen on all other machines that can have the
 *     file: not so with Lustre unless mounted with {@code flock} (mount.lustre(8)), with NFS's
 *     {@code nolock} and {@code local_lock} (nfs(5)), with CIFS's {@code nobrl} (mount.cifs(8)),
 *     with {@code localflocks} of GFS2 and OCFS2, with OCFS2 on its own cluster stack, which has no
 *     fcntl locks (linux/fs/ocfs2/file.c, ocfs2_fops_no_plocks), on AFS and sshfs; and not known on
 *     BeeGFS ({@code tuneUseGlobalFileLocks = false} in beegfs-client.conf as it is delivered), 9p,
 *     virtiofs, and most others that are served by FUSE
 * @param locksEndWithTheirMachine whether a lock that another machine has tells that this one
 *     lives: a server of NFSv4 takes away the locks of a client that it has not heard of for some
 *     90 seconds (RFC 8881, 8.3; tried with Linux 6.1)
 */
public record ImageMount(
    String type, boolean shared, Reach reach, boolean locksEndWithTheirMachine) {
  /** How far a lock reaches. */
  public enum Reach {
    /** To all machines that can have the file. */
    ALL,
    /** The same, as the site's configuration says: {@link SharedLocks}. */
    DECLARED,
    /** It is not known, so it counts as none. */
    NOT_KNOWN,
    /** It stays on its machine. */
    NONE
  }

  private static final Set<String> STAYING = Set.of("afs", "fuse.sshfs");

  private static final Set<String> LOCAL =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "bcachefs",
          "zfs",
          "f2fs",
          "jfs",
          "reiserfs",
          "nilfs2",
          "tmpfs",
          "ramfs",
          "rootfs",
          "overlay",
          "aufs",
          "fuse.fuse-overlayfs",
          "squashfs",
          "erofs",
          "iso9660",
          "vfat",
          "exfat",
          "ntfs3",
          "fuseblk");

  /** Shared file systems whose locks are everybody's, if no option says otherwise. */
  private static final Set<String> COHERENT =
      Set.of(
          "nfs",
          "nfs4",
          "lustre",
          "gpfs",
          "ceph",
          "fuse.ceph",
          "fuse.ceph-fuse",
          "ocfs2",
          "gfs2",
          "panfs",
          "wekafs",
          "cifs",
          "smb3",
          "fuse.glusterfs");

  public ImageMount {
    requireNonNull(type, "type is null");
    requireNonNull(reach, "reach is null");
  }

  /**
   * The mount on which a file or folder lies.
   *
   * @param real its path, without links
   * @param declared what the site says of its file systems
   */
  public static ImageMount of(Path real, SharedLocks declared) throws IOException {
    return of(real, MountPoints.read(), declared);
  }

  static ImageMount of(Path real, MountPoints mounts, SharedLocks declared) {
    String type = mounts.of(real).map(MountPoint::type).orElse("");
    boolean local = LOCAL.contains(type);
    List<String> options = mounts.of(real).map(MountPoint::options).orElse(List.of());
    Reach reach = local ? Reach.ALL : reach(type, options);
    if (reach == Reach.NOT_KNOWN && mounts.of(real).filter(declared::are).isPresent()) {
      reach = Reach.DECLARED;
    }
    return new ImageMount(type, !local, reach, reach == Reach.ALL && type.equals("nfs4"));
  }

  /** Whether a lock that is taken here is seen on all other machines, as far as is known. */
  public boolean locksReachOtherNodes() {
    return reach == Reach.ALL || reach == Reach.DECLARED;
  }

  /** The same, seen on the server itself, of a file that a client of NFSv4 has locked. */
  ImageMount servedByNfs4() {
    return new ImageMount(type, shared, reach, true);
  }

  private static Reach reach(String type, List<String> options) {
    boolean stays =
        STAYING.contains(type)
            || (type.equals("lustre") && !options.contains("flock"))
            || (type.equals("ocfs2")
                && !options.contains("cluster_stack=pcmk")
                && !options.contains("cluster_stack=cman"));
    for (String option :
        List.of(
            "localflocks",
            "lockproto=lock_nolock",
            "nolock",
            "local_lock=all",
            "local_lock=posix",
            "nobrl")) {
      stays |= options.contains(option);
    }
    if (stays) {
      return Reach.NONE;
    }
    return COHERENT.contains(type) ? Reach.ALL : Reach.NOT_KNOWN;
  }
}
