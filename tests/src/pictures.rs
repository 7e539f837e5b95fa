//! Pictures made on the spot: plain PNGs of one colour, whole, with checksums.

/// A PNG of one colour, `#rrggbb`.
pub fn png(width: u32, height: u32, colour: &str) -> Vec<u8> {
    let digits = colour.trim_start_matches('#');
    let part = |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or_default();
    let pixel = [part(0), part(2), part(4)];
    let mut row = vec![0];
    (0..width).for_each(|_| row.extend(pixel));
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let rows: Vec<u8> = (0..height).flat_map(|_| row.clone()).collect();
    for (kind, data) in [(*b"IHDR", head), (*b"IDAT", zlib(&rows)), (*b"IEND", Vec::new())] {
        chunk(&mut picture, kind, &data);
    }
    picture
}

fn chunk(picture: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    picture.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let named = [kind.as_slice(), data].concat();
    picture.extend(&named);
    picture.extend(crc(&named).to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4).
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (mut one, mut two) = (1_u32, 0_u32);
    for byte in data {
        one = (one + u32::from(*byte)) % 65521;
        two = (two + one) % 65521;
    }
    stream.extend((two << 16 | one).to_be_bytes());
    stream
}

/// The checksum of a chunk (PNG specification, annex D).
fn crc(data: &[u8]) -> u32 {
    let step = |mut crc: u32| {
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
        crc
    };
    !data.iter().fold(u32::MAX, |crc, byte| step((crc ^ u32::from(*byte)) & 0xff) ^ (crc >> 8))
}
