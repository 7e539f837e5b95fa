//! Ways to write an address that lies inside: every form a URL parser, a resolver or a person could read as one.

use std::net::Ipv4Addr;

/// One spelling of something inside, as it stands between `https://` and the path.
pub(crate) struct Spelling {
    /// The host, with user information or port where that is the trick.
    pub(crate) text: String,
    /// Whether the trick sits where a port would stand, so that none can be added.
    pub(crate) whole: bool,
}

/// Addresses that are spelt in every form.
const THOROUGHLY: [Ipv4Addr; 3] = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(169, 254, 169, 254), Ipv4Addr::new(10, 0, 0, 1)];

/// Addresses that are spelt in a few forms: one or two of each block of the IANA registry, and metadata services.
const BRIEFLY: [[u8; 4]; 27] = [
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [100, 100, 100, 200],
    [100, 127, 255, 255],
    [127, 0, 1, 1],
    [127, 255, 255, 254],
    [168, 63, 129, 16],
    [169, 254, 0, 1],
    [169, 254, 170, 2],
    [172, 16, 0, 1],
    [172, 31, 255, 255],
    [192, 0, 0, 1],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 88, 99, 1],
    [192, 168, 0, 1],
    [192, 168, 255, 255],
    [198, 18, 0, 1],
    [198, 19, 255, 255],
    [198, 51, 100, 7],
    [203, 0, 113, 7],
    [224, 0, 0, 1],
    [239, 255, 255, 250],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

/// IPv6 addresses that are not reached from the public internet.
const SIX: [&str; 34] = [
    "[::]",
    "[0:0:0:0:0:0:0:0]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::1%25lo]",
    "[::1%lo]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[FE80::ABCD]",
    "[febf:ffff::1]",
    "[fec0::1]",
    "[feff::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]",
    "[ff02::1]",
    "[ff05::1:3]",
    "[ff0e::1]",
    "[100::1]",
    "[100:0:0:1::1]",
    "[2001::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b:1:ffff:ffff:ffff:7f00:1]",
    "[fe80::5efe:127.0.0.1]",
];

/// Tricks around the host: who is named before the `@`, what a backslash, a tab or an escape hides.
const TRICKS: [&str; 26] = [
    "good.test@127.0.0.1",
    "good.test:443@127.0.0.1",
    "good.test%40127.0.0.1",
    "good.test\\@127.0.0.1",
    "good.test%5c@127.0.0.1",
    "127.0.0.1\\@good.test",
    "127.0.0.1#@good.test",
    "127.0.0.1?@good.test",
    "good.test#@127.0.0.1",
    "@127.0.0.1",
    ":@127.0.0.1",
    "good.test@good.test@127.0.0.1",
    "/127.0.0.1",
    "//127.0.0.1",
    "\\127.0.0.1",
    "127.0.\t0.1",
    "127.0.0.1\t",
    "127.0.0.1\n",
    "\r\n127.0.0.1",
    "127.0.0.1%09",
    "127.0.0.1%00.good.test",
    "127.0.0.1%0d%0a",
    "127.0.0.1%2f@good.test",
    "127.0.0.1:443:443",
    "127\u{ad}.0.0.1",
    "127.0.0.1\u{200b}",
];

/// Names that are this machine, and names whose answers lie inside.
const NAMES: [&str; 16] = [
    "localhost",
    "localhost.",
    "LOCALHOST",
    "LocalHost.",
    "foo.localhost",
    "foo.localhost.",
    "a.b.c.localhost",
    "ⓛocalhost",
    "ｌｏｃａｌｈｏｓｔ",
    "%6c%6f%63%61%6c%68%6f%73%74",
    "localhost%2e",
    "localhost。",
    "inside.test",
    "INSIDE.test",
    "mixed.test",
    "metadata.google.internal",
];

/// Every spelling, at least two hundred.
pub(crate) fn all() -> Vec<Spelling> {
    let plain = |text: String| Spelling { text, whole: false };
    let mut all: Vec<Spelling> = THOROUGHLY.iter().flat_map(|address| forms(*address)).map(plain).collect();
    for (turn, octets) in BRIEFLY.into_iter().enumerate() {
        let forms = forms(octets.into());
        let few = [0, 1 + turn % 8, 9 + turn % 12, 21 + turn % 14];
        all.extend(few.iter().filter_map(|at| forms.get(*at).cloned()).map(plain));
    }
    all.extend(SIX.iter().chain(&NAMES).map(|text| plain((*text).to_owned())));
    all.extend(TRICKS.iter().map(|text| Spelling { text: (*text).to_owned(), whole: true }));
    let ports = ["127.0.0.1:443", "127.0.0.1:80", "127.0.0.1:22", "127.0.0.1:0", "127.0.0.1:65535", "[::1]:6379"];
    all.extend(ports.iter().map(|text| Spelling { text: (*text).to_owned(), whole: true }));
    all
}

/// An IPv4 address in decimal, octal and hexadecimal, in one to four parts, in other scripts, and inside IPv6.
fn forms(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let whole = u32::from(address);
    let (low24, low16) = (whole & 0x00ff_ffff, whole & 0xffff);
    let (high, low) = (whole >> 16, low16);
    let dotted = address.to_string();
    let with_dots = |dot: &str| dotted.replace('.', dot);
    let wide = |digit: char| digit.to_digit(10).and_then(|digit| char::from_u32(0xff10 + digit)).unwrap_or('.');
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
    let mut forms = vec![
        dotted.clone(),
        // One to four parts in each base.
        whole.to_string(),
        format!("0x{whole:08x}"),
        format!("0X{whole:X}"),
        format!("0{whole:o}"),
        format!("00000000{whole:o}"),
        format!("{a}.{low24}"),
        format!("{a}.{b}.{low16}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("0x{a:x}.{low24}"),
        format!("0{a:o}.0x{b:x}.{low16}"),
        format!("0x0000{a:x}.00{b:o}.{c}.0x{d:X}"),
        // Other scripts, escapes, a dot at the end.
        format!("{dotted}."),
        with_dots("。"),
        with_dots("．"),
        with_dots("｡"),
        with_dots("%2e"),
        dotted.chars().map(wide).collect(),
        escaped(&dotted),
        format!("%30x{whole:x}"),
    ];
    forms.extend(inside_six(&dotted, (high, low)));
    forms
}

/// The same inside IPv6: mapped, compatible, translated, 6to4 and Teredo.
fn inside_six(dotted: &str, (high, low): (u32, u32)) -> [String; 14] {
    [
        format!("[::ffff:{dotted}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:ffff:{dotted}]"),
        format!("[0000:0000:0000:0000:0000:FFFF:{high:04X}:{low:04X}]"),
        format!("[::{dotted}]"),
        format!("[::{high:x}:{low:x}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[64:FF9B:0:0:0:0:{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:{high:x}:{low:x}::]"),
        format!("[2001:0:5db8:d70e:0:0:{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
    ]
}
