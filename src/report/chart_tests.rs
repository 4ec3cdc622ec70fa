//! Panels by hand.

use super::*;

fn look(label: &str, pattern: usize) -> Look {
    Look {
        label: label.into(),
        colour: [0, 90, 200],
        pattern,
    }
}

fn panel(marks: Vec<Mark>) -> Panel {
    Panel {
        title: "a panel".into(),
        x: Axis::linear("time [s]", [0.0, 10.0]),
        y: Axis::log("fraction", [1e-4, 1.0]),
        marks,
    }
}

const FRAME: Frame = Frame {
    left: 0.0,
    top: 0.0,
    width: 100.0,
    height: 100.0,
};

/// By hand: four decades over 100 pixels are 25 each; what is below the axis is on its edge, gone to but not along.
#[test]
fn lines_stop_at_the_edge_and_at_gaps() {
    let p = panel(vec![]);
    let points = [
        [0.0, 1e-2],
        [1.0, 0.0],
        [2.0, 0.0],
        [3.0, 0.0],
        [4.0, 1.0],
        [5.0, f64::NAN],
        [6.0, 1e-1],
        [7.0, 1e-1],
    ];
    let found = runs(&p, &FRAME, &points);
    let hand = [
        vec![[0.0, 50.0], [10.0, 100.0]],
        vec![[30.0, 100.0], [40.0, 0.0]],
        vec![[60.0, 25.0], [70.0, 25.0]],
    ];
    assert_eq!(found.len(), 3, "{found:?}");
    for (a, b) in found.iter().flatten().zip(hand.iter().flatten()) {
        assert!((a[0] - b[0]).abs() + (a[1] - b[1]).abs() < 1e-9, "{found:?}");
    }
}

#[test]
fn a_figure_names_every_look_once_and_is_xml() -> Result<(), Box<dyn std::error::Error>> {
    let line = |label: &str| Mark::Line(look(label, 1), vec![[0.0, 0.1], [10.0, 0.2]]);
    let stack = |label: &str, high: f64| Mark::Bars(look(label, 2), vec![[0.0, 5.0, high]]);
    let mut bars = panel(vec![stack("low", 1.0), stack("high", 3.0)]);
    bars.y = Axis::linear("n", [0.0, 10.0]);
    let figure = Figure {
        name: "test",
        title: "A <test>".into(),
        caption: "two panels".into(),
        panels: vec![
            panel(vec![line("one"), line("two & more")]),
            bars,
            panel(vec![line("one")]),
        ],
        columns: 2,
        height: 100.0,
    };
    let text = figure.svg();
    let xml = roxmltree::Document::parse(&text)?;
    for label in ["one", "two & more", "low", "high"] {
        let n = xml
            .descendants()
            .filter(|n| n.is_text() && n.text() == Some(label))
            .count();
        assert_eq!(n, 1, "{label}");
    }
    // 10 on 100 pixels: the upper bar of 3 stands on the lower of 1
    let heights: Vec<&str> = xml
        .descendants()
        .filter(|n| n.has_tag_name("rect") && n.attribute("fill") == Some("#005ac8"))
        .filter_map(|n| n.attribute("height"))
        .filter(|h| *h != "14")
        .collect();
    assert_eq!(heights, ["10", "30"]);
    Ok(())
}

#[test]
fn nothing_to_show_is_an_empty_panel() -> Result<(), Box<dyn std::error::Error>> {
    let figure = Figure {
        name: "empty",
        title: String::new(),
        caption: String::new(),
        panels: vec![panel(vec![
            Mark::Line(look("", 0), vec![]),
            Mark::Band(look("b", 0), vec![[f64::NAN; 3]]),
            Mark::Bars(look("c", 0), vec![[f64::NAN; 3]]),
        ])],
        columns: 0,
        height: 100.0,
    };
    roxmltree::Document::parse(&figure.svg())?;
    Ok(())
}
