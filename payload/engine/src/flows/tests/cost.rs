//! What a run costs the server: counted, never timed.

use super::*;
use crate::sim::large;

const SHARE: &str = "\\\\server\\share";
const SIZES: [usize; 3] = [10, 2_184, 50_000];

#[test]
fn nothing_to_do_is_one_small_read_whatever_the_number_of_files() {
    for count in SIZES {
        let product = large::large(7, count, b"one");
        let mut world = large::with(&product);
        let bootstrap = product.publish(&mut world, SHARE);
        world.administrator = false;
        assert_eq!(world.launch(INSTALLED, "/quiet"), 0, "{:#?}", world.log);
        assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
        let all = world.traffic_below(SHARE);
        assert!(all.opens <= 3 && all.reads <= 3 && all.bytes <= 4_096 && all.looks == 0, "{count}: {all:?}");
        // From the share itself: its own image, which is mapped by Windows besides, and again the head.
        assert_eq!(world.launch(&bootstrap, "/quiet"), 0, "{:#?}", world.log);
        assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
        let image = world.traffic.get(&lower(&bootstrap)).copied().unwrap_or_default();
        let rest = world.traffic_below(SHARE);
        assert!(image.opens == 1 && image.reads <= 20 && image.bytes <= 4_096, "{count}: {image:?}");
        assert!(rest.opens - image.opens == 1 && rest.bytes - image.bytes <= 4_096, "{count}: {rest:?}");
        assert_eq!(rest.looks, 0);
    }
}

#[test]
fn one_file_of_fifty_thousand_is_the_one_that_is_read() {
    let (old, new) = (large::large(7, 50_000, b"one"), large::large(8, 50_000, b"two"));
    let mut world = large::with(&old);
    // A real share has all the others, too; what is not there cannot be read.
    new.publish(&mut world, SHARE);
    assert_eq!(world.launch(INSTALLED, "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=update");
    let mut read: Vec<&str> =
        world.traffic.keys().filter_map(|path| path.strip_prefix("\\\\server\\share\\")).collect();
    read.sort_unstable();
    assert_eq!(
        read,
        [
            "files\\8\\x64\\autopcc.exe",
            "files\\8\\x64\\data\\part-199\\catalogue-049999.bin",
            "files\\8\\x64\\files.idx",
            "files\\8\\x64\\plan.bin",
            "release.idx"
        ]
    );
    let all = world.traffic_below(SHARE);
    let needed = new.files_idx().len() + new.plan_bin().len() + new.installed().len();
    assert!(all.opens == 5 && all.looks == 0, "{all:?}");
    assert!(all.bytes < needed as u64 + 4_096, "{} of {needed}", all.bytes);
}
