//! The plot: a bar for each ratio, and the aim as a mark on it.

use std::fmt::Write;

use crate::report::{Aim, Figure, number};

const LEFT: f64 = 430.0;
const SCALE: f64 = 300.0;
const ROW: f64 = 30.0;
const TOP: f64 = 70.0;
/// What is further out is cut off at the edge.
const MOST: f64 = 1.45;

/// The drawing. Each bar is the ratio over its aim, so that all marks stand in one line: bars for "at least" should reach it,
/// bars for "at most" should stay before it.
pub(crate) fn drawn(figures: &[Figure]) -> String {
    let height = TOP + ROW * figures.len() as f64 + 30.0;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"1000\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"20\" y=\"30\" font-size=\"18\" font-weight=\"bold\">make bench: ratio to the floor, beside its aim</text>\n\
         <text x=\"20\" y=\"50\" fill=\"#555555\">Each bar is ratio ÷ aim; the line is the aim. ≥: the bar should reach the line. ≤: it \
         should stay before it.</text>"
    );
    for (row, figure) in figures.iter().enumerate() {
        let _ = writeln!(svg, "{}", bar(TOP + ROW * row as f64, figure));
    }
    let mark = LEFT + SCALE;
    let _ = writeln!(
        svg,
        "<line x1=\"{mark}\" x2=\"{mark}\" y1=\"{}\" y2=\"{}\" stroke=\"#222222\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/>",
        TOP - 8.0,
        height - 25.0
    );
    svg.push_str("</svg>\n");
    svg
}

fn bar(y: f64, figure: &Figure) -> String {
    let ratio = figure.ratio();
    let part = (ratio / figure.aim.value()).clamp(0.0, MOST);
    let colour = if figure.aim.held(ratio) { "#2f7d4f" } else { "#b3402a" };
    let (baseline, width) = (y + 15.0, part * SCALE);
    let sign = match figure.aim {
        Aim::AtLeast(_) => "≥",
        Aim::AtMost(_) => "≤",
    };
    format!(
        "<text x=\"{}\" y=\"{baseline}\" text-anchor=\"end\">{}</text>\n\
         <rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" fill=\"{colour}\"/>\n\
         <text x=\"{}\" y=\"{baseline}\" fill=\"#333333\">{} {sign} {}</text>",
        LEFT - 10.0,
        escaped(&figure.work),
        LEFT + SCALE * MOST + 10.0,
        number(ratio),
        figure.aim.value(),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
