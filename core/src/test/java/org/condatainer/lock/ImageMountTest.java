package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the mount of an image tells of its locks. */
class ImageMountTest {
  private static ImageMount on(String type, String options, String... declared) {
    return ImageMount.of(
        Path.of("/data/a b/env.img"),
        MountPoints.of(
            "22 1 0:21 / / rw,relatime - ext4 /dev/root rw\n"
                + "23 22 0:22 / /data/a\\040b rw,relatime shared:1 - "
                + type
                + " server:/x "
                + options
                + "\n24 22 0:23 / /data/a rw - tmpfs none rw\n"),
        new SharedLocks(List.of(declared)));
  }

  @ParameterizedTest
  @CsvSource({
    "nfs4, 'rw,vers=4.2,local_lock=none', true, true",
    "nfs, 'rw,nolock', true, false",
    "nfs, 'rw,local_lock=all', true, false",
    "nfs4, 'rw,local_lock=posix', true, false",
    "nfs4, 'rw,local_lock=flock', true, true",
    "lustre, 'rw,flock,lazystatfs', true, true",
    "lustre, 'rw,localflock', true, false",
    "lustre, 'rw,noflock', true, false",
    "lustre, 'rw,lazystatfs', true, false",
    "beegfs, rw, true, false",
    "gpfs, rw, true, true",
    "ceph, rw, true, true",
    "cifs, 'rw,vers=3.1.1', true, true",
    "cifs, 'rw,nobrl', true, false",
    "gfs2, rw, true, true",
    "gfs2, 'rw,localflocks', true, false",
    "gfs2, 'rw,lockproto=lock_nolock', true, false",
    "ocfs2, 'rw,cluster_stack=pcmk', true, true",
    "ocfs2, 'rw,localflocks,,cluster_stack=pcmk', true, false",
    "ocfs2, 'rw,cluster_stack=o2cb', true, false",
    "ocfs2, rw, true, false",
    "afs, rw, true, false",
    "fuse.ceph-fuse, rw, true, true",
    "wekafs, rw, true, true",
    "panfs, rw, true, true",
    "ext4, rw, false, true",
    "overlay, rw, false, true",
    "fuse.sshfs, rw, true, false",
    "9p, rw, true, false",
    "virtiofs, rw, true, false",
    "one_of_later, rw, true, false"
  })
  void whetherLocksReachOtherMachines(
      String type, String options, boolean shared, boolean locksReach) {
    boolean end = type.equals("nfs4") && locksReach;
    ImageMount mount = on(type, options);
    assertThat(mount.shared()).isEqualTo(shared);
    assertThat(mount.locksReachOtherNodes()).isEqualTo(locksReach);
    assertThat(mount.locksEndWithTheirMachine()).isEqualTo(end);
  }

  /** {@code LeaseIT} tries the same on the batch script. */
  @ParameterizedTest
  @CsvSource({
    "beegfs, rw, DECLARED",
    "fuse.juicefs, rw, DECLARED",
    "virtiofs, rw, DECLARED",
    "one_of_later, rw, DECLARED",
    "one_of_later, 'rw,nolock', NONE",
    "lustre, 'rw,localflock', NONE",
    "lustre, 'rw,lazystatfs', NONE",
    "nfs, 'rw,nolock', NONE",
    "nfs4, 'rw,local_lock=all', NONE",
    "cifs, 'rw,nobrl', NONE",
    "gfs2, 'rw,localflocks', NONE",
    "ocfs2, rw, NONE",
    "afs, rw, NONE",
    "fuse.sshfs, rw, NONE",
    "nfs4, rw, ALL",
    "ext4, rw, ALL"
  })
  void whatTheSiteSaysCountsWhereTheMountDoesNotTell(
      String type, String options, ImageMount.Reach reach) {
    assertThat(on(type, options, "other", type).reach()).isEqualTo(reach);
    assertThat(on(type, options, "/data/a b/").reach()).isEqualTo(reach);
    boolean declared = reach == ImageMount.Reach.DECLARED;
    assertThat(on(type, options, "other", "/data", "/data/a").reach())
        .isEqualTo(declared ? ImageMount.Reach.NOT_KNOWN : reach);
    assertThat(on(type, options, type).locksEndWithTheirMachine())
        .isEqualTo(type.equals("nfs4") && reach == ImageMount.Reach.ALL);
  }

  @Test
  void theInnermostAndLatestMountCounts() throws IOException {
    MountPoints mounts =
        MountPoints.of(
            "22 1 8:1 / / rw - ext4 /dev/root rw\n"
                + "23 22 0:30 / /data rw - nfs4 s:/ rw\n"
                + "24 23 0:31 / /data rw - tmpfs none rw\n"
                + "25 22 0:32 / /data2 rw - nfs4 s:/ rw\n"
                + "no line of this table\n");
    assertThat(ImageMount.of(Path.of("/data/env.img"), mounts, SharedLocks.NONE).type())
        .isEqualTo("tmpfs");
    assertThat(ImageMount.of(Path.of("/data2/env.img"), mounts, SharedLocks.NONE).type())
        .isEqualTo("nfs4");
    assertThat(ImageMount.of(Path.of("/other/env.img"), mounts, SharedLocks.NONE).type())
        .isEqualTo("ext4");
    assertThat(MountPoints.read().of(Path.of("/proc/self")).orElseThrow().type()).isEqualTo("proc");
  }
}
