//! Brands that are kept, and those that are refused with a sentence about each fault.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use super::*;

fn told(public: &str, change: &BrandChange) -> Vec<(String, String)> {
    let public = Url::parse(public).unwrap();
    let rules = Rules { public: &public, loopback: false, languages: &["en", "de"], has_font: false };
    check(change, &rules).1.into_iter().map(|fault| (fault.key, fault.message)).collect()
}

fn sound() -> BrandChange {
    BrandChange {
        host: Some("Connect.Make.example".into()),
        accent: Some("#6d00cc".into()),
        accent_dark: Some("#b488ff".into()),
        links: Links {
            support: Some("mailto:help@make.example".into()),
            privacy: Some("https://make.example/privacy".into()),
            ..Links::default()
        },
        sender: Some(Sender { name: " Make ".into(), address: "connections@make.example".into() }),
        languages: vec!["DE".into(), "en".into()],
        origins: vec!["https://app.make.example:443/".into()],
        sign_in_url: Some(" ".into()),
        ..BrandChange::default()
    }
}

#[test]
fn a_sound_brand_is_kept_in_one_spelling() {
    let public = Url::parse("https://connect.example.com").unwrap();
    let rules = Rules { public: &public, loopback: false, languages: &["en", "de"], has_font: false };
    let (brand, faults) = check(&sound(), &rules);
    assert_eq!(faults, []);
    assert_eq!(brand.host.unwrap().as_str(), "connect.make.example");
    assert_eq!(brand.sender.unwrap().name, "Make");
    assert_eq!(brand.languages, ["de", "en"]);
    assert_eq!(brand.origins.first().unwrap().to_string(), "https://app.make.example");
    assert_eq!(brand.sign_in_url, None);
}

#[test]
fn a_colour_nobody_can_read_is_refused_with_one_they_can() {
    let change = BrandChange { accent: Some("#f0a020".into()), accent_dark: Some("#102040".into()), ..sound() };
    let faults = told("https://connect.example.com", &change);
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["brand.colours.accent", "brand.colours.accent_dark"]);
    for ((_, message), grounds) in faults.iter().zip([LIGHT_GROUNDS, DARK_GROUNDS]) {
        let proposed: Colour = message.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(proposed.contrast_on(&grounds) >= LEAST_CONTRAST, "{message}");
    }
    let (_, light) = faults.first().unwrap();
    assert!(light.starts_with("#f0a020 has a contrast of 1.97 ") && light.contains("light ground"), "{light}");
}

#[test]
fn every_fault_is_named_at_once() {
    let change = BrandChange {
        host: Some("https://make.example/".into()),
        accent: Some("red".into()),
        accent_dark: None,
        typeface: Typeface::Own,
        links: Links {
            support: Some("mailto:nobody".into()),
            terms: Some("javascript:alert(1)".into()),
            privacy: Some("/privacy".into()),
            imprint: Some("http://make.example".into()),
        },
        sender: Some(Sender { name: "a\r\nBcc: x".into(), address: "x".into() }),
        languages: vec!["en".into(), "EN".into(), "tlh".into()],
        origins: vec!["https://app.example/path".into(), "http://app.example".into(), "*".into()],
        sign_in_url: Some("http://127.0.0.1/sign-in".into()),
    };
    let faults = told("https://connect.example.com", &change);
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.trim_start_matches("brand.")).collect();
    let expected = [
        "host",
        "colours.accent",
        "typeface",
        "links.support",
        "links.terms",
        "links.privacy",
        "links.imprint",
        "sender.name",
        "sender.address",
        "languages",
        "languages",
        "origins",
        "origins",
        "origins",
        "sign_in_url",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_host_name_is_not_the_hosts_own_and_plain_http_stays_on_this_machine() {
    let named = |host: &str| BrandChange { host: Some(host.into()), ..BrandChange::default() };
    let (_, own) = told("https://connect.example.com", &named("CONNECT.example.com")).remove(0);
    assert!(own.contains("this host's own name"), "{own}");
    let (_, plain) = told("http://127.0.0.1:8080", &named("connect.make.example")).remove(0);
    assert!(plain.contains("plain HTTP"), "{plain}");
    assert_eq!(told("http://127.0.0.1:8080", &named("make.localhost")), []);
}

#[test]
fn loopback_is_for_those_who_allow_it() {
    let public = Url::parse("http://127.0.0.1:8080").unwrap();
    let rules = Rules { public: &public, loopback: true, languages: &["en"], has_font: true };
    let change = BrandChange {
        origins: vec!["http://localhost:3000".into()],
        sign_in_url: Some("http://127.0.0.1:3000/sign-in".into()),
        typeface: Typeface::Own,
        ..BrandChange::default()
    };
    assert_eq!(check(&change, &rules).1, []);
}
