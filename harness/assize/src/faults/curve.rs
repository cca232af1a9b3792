//! Faults found against cases tried, as a drawing.

use std::fmt::Write;

/// One line of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// After how many cases each fault was found; `None` for those that were not.
    pub cases: Vec<Option<u64>>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const MARGIN: f64 = 56.0;
const COLOURS: [&str; 2] = ["#0b6e99", "#b5541c"];

/// Draws the lines as SVG: cases from 1 to `budget` from left to right, each ten times as many as the last mark; found faults upwards.
pub fn svg(lines: &[Line], budget: u64) -> String {
    let decades = (budget.max(10) as f64).log10();
    let across = |cases: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * (cases.max(1) as f64).log10() / decades;
    let up = |share: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * share;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut element = |text: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = out.write_fmt(text);
        out.push('\n');
    };
    for quarter in 0..=4 {
        let (share, y) = (quarter * 25, up(f64::from(quarter) / 4.0));
        let (left, right) = (MARGIN, WIDTH - MARGIN);
        element(format_args!("<path d=\"M{left} {y}H{right}\" stroke=\"#ddd\"/>"));
        element(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{share} %</text>",
            left - 6.0,
            y + 4.0
        ));
    }
    for mark in (0..).map(|power| 10_u64.pow(power)).take_while(|mark| *mark <= budget) {
        let (x, y) = (across(mark), HEIGHT - MARGIN + 18.0);
        element(format_args!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{mark}</text>"));
    }
    let (middle, bottom) = (WIDTH / 2.0, HEIGHT - 12.0);
    element(format_args!("<text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">cases</text>"));
    for (at, line) in lines.iter().enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        let mut found: Vec<u64> = line.cases.iter().flatten().copied().collect();
        found.sort_unstable();
        let total = line.cases.len().max(1) as f64;
        let mut path = format!("M{MARGIN} {}", up(0.0));
        for (before, cases) in found.iter().enumerate() {
            let _ = write!(path, "H{:.1}V{:.1}", across(*cases), up((before + 1) as f64 / total));
        }
        let _ = write!(path, "H{:.1}", across(budget));
        element(format_args!("<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"));
        let (y, name) = (20.0 + 16.0 * at as f64, &line.name);
        element(format_args!(
            "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"{colour}\">{name}: {} of {total}</text>",
            found.len()
        ));
    }
    out.push_str("</svg>\n");
    out
}
