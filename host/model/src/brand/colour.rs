//! Colours of a brand: written `#rrggbb`, and their contrast against a ground (WCAG 2.2, 1.4.3 and the definition of contrast ratio).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The least contrast of letters against their ground: level AA.
pub const LEAST_CONTRAST: f64 = 4.5;

/// The grounds of a page in light dress: its own, and that of fields and notes on it.
pub const LIGHT_GROUNDS: [Colour; 2] = [Colour::WHITE, Colour::of(0xf4, 0xf5, 0xf7)];

/// The grounds of a page in dark dress.
pub const DARK_GROUNDS: [Colour; 2] = [Colour::of(0x1d, 0x21, 0x26), Colour::of(0x14, 0x17, 0x1b)];

/// A colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Text that names no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no colour: write it like #1f5fbf")]
pub struct ColourError(String);

impl Colour {
    /// White.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    /// A colour by its parts, 0 to 255.
    pub const fn of(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The contrast ratio against another colour: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance: 0 for black, 1 for white.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The least contrast ratio against any of several grounds.
    pub fn contrast_on(self, grounds: &[Self]) -> f64 {
        grounds.iter().map(|ground| self.contrast(*ground)).fold(f64::INFINITY, f64::min)
    }

    /// The nearest colour of the same hue that can be read on every one of the grounds: itself, where it can.
    /// Mixing with black or white moves neither the hue nor what people know a brand by.
    #[must_use]
    pub fn readable_on(self, grounds: &[Self]) -> Self {
        let reads = |colour: &Self| colour.contrast_on(grounds) >= LEAST_CONTRAST;
        let mixes = (0..=u8::MAX).flat_map(|part| [Self::of(0, 0, 0), Self::WHITE].map(|end| self.mixed(end, part)));
        // Between black and white there is one for every ground; several that exclude each other have none.
        mixes.into_iter().find(reads).unwrap_or_else(|| grounds.first().map_or(self, |ground| ground.ink()))
    }

    /// With `part` of 255 parts of another colour in it.
    fn mixed(self, other: Self, part: u8) -> Self {
        let mix = |own: u8, other: u8| {
            let (own, other, part) = (u32::from(own), u32::from(other), u32::from(part));
            u8::try_from((own * (255 - part) + other * part) / 255).unwrap_or(u8::MAX)
        };
        Self::of(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    /// Whichever of white and near black reads better on it.
    #[must_use]
    pub fn ink(self) -> Self {
        let dark = Self::of(0x10, 0x15, 0x1c);
        if self.contrast(Self::WHITE) >= self.contrast(dark) { Self::WHITE } else { dark }
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let bad = || ColourError(text.chars().take(40).collect());
        let digits = text.strip_prefix('#').filter(|rest| rest.len() == 6 && rest.is_ascii()).ok_or_else(bad)?;
        let value = u32::from_str_radix(digits, 16).map_err(|_| bad())?;
        let [_, red, green, blue] = value.to_be_bytes();
        if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) { Ok(Self { red, green, blue }) } else { Err(bad()) }
    }
}

impl TryFrom<String> for Colour {
    type Error = ColourError;

    fn try_from(text: String) -> Result<Self, ColourError> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn a_colour_is_six_hex_digits() {
        assert_eq!("#1F5fbf".parse::<Colour>().unwrap().to_string(), "#1f5fbf");
        for bad in ["1f5fbf", "#1f5", "#1f5fbg", "#+1f5fb", "red", "#ffffff;}", ""] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_definition() {
        let grey: Colour = "#767676".parse().unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert!((Colour::of(0, 0, 0).contrast(Colour::WHITE) - 21.0).abs() < 0.001);
        assert!((Colour::WHITE.contrast(Colour::WHITE) - 1.0).abs() < 0.001);
    }

    #[test]
    fn the_nearest_readable_colour_keeps_its_hue() {
        let fine: Colour = "#1f5fbf".parse().unwrap();
        assert_eq!(fine.readable_on(&LIGHT_GROUNDS), fine);
        let pale: Colour = "#f0a020".parse().unwrap();
        let darker = pale.readable_on(&LIGHT_GROUNDS);
        assert!(
            pale.contrast_on(&LIGHT_GROUNDS) < LEAST_CONTRAST && darker.contrast_on(&LIGHT_GROUNDS) >= LEAST_CONTRAST
        );
        assert!(darker.red > darker.green && darker.green > darker.blue, "{darker}");
        let lighter = Colour::of(0x20, 0x10, 0x60).readable_on(&DARK_GROUNDS);
        assert!(lighter.contrast_on(&DARK_GROUNDS) >= LEAST_CONTRAST && lighter.blue > lighter.red, "{lighter}");
        for step in 0..=u8::MAX {
            let any = Colour::of(step, 255 - step, step / 2);
            assert!(any.readable_on(&LIGHT_GROUNDS).contrast_on(&LIGHT_GROUNDS) >= LEAST_CONTRAST, "{any}");
            assert!(any.readable_on(&DARK_GROUNDS).contrast_on(&DARK_GROUNDS) >= LEAST_CONTRAST, "{any}");
        }
    }

    #[test]
    fn ink_is_what_reads_better() {
        assert_eq!("#ffe600".parse::<Colour>().unwrap().ink(), Colour::of(0x10, 0x15, 0x1c));
        assert_eq!("#3b2a8c".parse::<Colour>().unwrap().ink(), Colour::WHITE);
    }
}
