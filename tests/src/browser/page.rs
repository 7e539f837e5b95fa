//! What a browser shows after a navigation: the answer, its text, links and forms.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use scraper::{ElementRef, Html, Selector};
use url::{Url, form_urlencoded};

/// An answer that is not a redirect.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it is from, after every redirect.
    pub url: Url,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

/// A form of a page, to fill in and send.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it goes.
    pub action: Url,
    /// How: GET or POST.
    pub method: Method,
    inputs: Vec<Input>,
    buttons: Vec<Button>,
    pressed: Option<Button>,
}

#[derive(Clone, Debug)]
struct Input {
    name: String,
    value: String,
    /// Sent with the form: always, except for a box or a choice that is off.
    on: bool,
    nature: Nature,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Nature {
    /// A person types its value.
    Typed,
    /// A box that is on or off.
    Box,
    /// One of several of the same name, of which one is on.
    Choice,
}

#[derive(Clone, Debug)]
struct Button {
    name: Option<String>,
    value: String,
    label: String,
    action: Option<Url>,
}

impl Page {
    pub(super) fn read(url: Url, response: Response<Bytes>) -> Result<Self> {
        let (parts, body) = response.into_parts();
        Ok(Self {
            url,
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).context("a page that is not UTF-8")?,
        })
    }

    /// The text a person sees, with its white space folded.
    pub fn text(&self) -> Result<String> {
        let html = Html::parse_document(&self.body);
        let body = html.select(&selector("body")?).next().context("a page without a body")?;
        Ok(words(body))
    }

    /// Where the first link whose text begins so leads.
    pub fn link(&self, text: &str) -> Result<Url> {
        let html = Html::parse_document(&self.body);
        let links = selector("a[href]")?;
        let link = html.select(&links).find(|link| words(*link).starts_with(text));
        let href = link.and_then(|link| link.attr("href"));
        let href = href.with_context(|| format!("{} has no link \"{text}\"", self.url))?;
        Ok(self.url.join(href)?)
    }

    /// The page's only form.
    pub fn form(&self) -> Result<Form> {
        let mut forms = self.forms()?;
        match (forms.pop(), forms.is_empty()) {
            (Some(form), true) => Ok(form),
            (None, _) => bail!("no form at {}: {}", self.url, self.body),
            (Some(_), false) => bail!("more than one form at {}: {}", self.url, self.body),
        }
    }

    /// The first form that has the button `label`.
    pub fn form_with(&self, label: &str) -> Result<Form> {
        let form = self.forms()?.into_iter().find(|form| form.button(label).is_some());
        form.with_context(|| format!("no form with \"{label}\" at {}: {}", self.url, self.body))
    }

    /// What its buttons say.
    pub fn button_labels(&self) -> Vec<String> {
        let forms = self.forms().unwrap_or_default();
        forms.into_iter().flat_map(|form| form.buttons).map(|button| button.label).collect()
    }

    /// Every form, in the page's order.
    pub fn forms(&self) -> Result<Vec<Form>> {
        let html = Html::parse_document(&self.body);
        html.select(&selector("form")?).map(|form| Form::read(form, &self.url)).collect()
    }
}

impl Form {
    fn read(form: ElementRef<'_>, at: &Url) -> Result<Self> {
        let method = match form.attr("method").unwrap_or("get").to_ascii_lowercase().as_str() {
            "post" => Method::POST,
            _ => Method::GET,
        };
        let mut read = Self {
            action: at.join(form.attr("action").unwrap_or_default())?,
            method,
            inputs: Vec::new(),
            buttons: Vec::new(),
            pressed: None,
        };
        for element in form.select(&selector("input, select, textarea, button")?) {
            read.take(element, at)?;
        }
        Ok(read)
    }

    fn take(&mut self, element: ElementRef<'_>, at: &Url) -> Result<()> {
        let kind = element.attr("type").unwrap_or_default();
        match (element.value().name(), kind) {
            ("button", "button" | "reset") | ("input", "button" | "reset" | "image") => {}
            ("button", _) | ("input", "submit") => self.buttons.push(Button::read(element, at)?),
            _ => {
                if let Some(name) = element.attr("name").filter(|_| element.attr("disabled").is_none()) {
                    self.inputs.extend(inputs(element, name, kind)?);
                }
            }
        }
        Ok(())
    }

    /// Types `value` into the field `name`; an error where the form has no such field.
    pub fn fill(mut self, name: &str, value: &str) -> Result<Self> {
        let input = self.inputs.iter_mut().find(|input| input.name == name && input.nature == Nature::Typed);
        let names = || format!("the form for {} has no field {name}", self.action);
        value.clone_into(&mut input.with_context(names)?.value);
        Ok(self)
    }

    /// Ticks or picks the box or choice `name` of that value.
    pub fn tick(self, name: &str, value: &str) -> Result<Self> {
        self.turn(name, value, true)
    }

    /// Unticks the box `name` of that value.
    pub fn untick(self, name: &str, value: &str) -> Result<Self> {
        self.turn(name, value, false)
    }

    fn turn(mut self, name: &str, value: &str, on: bool) -> Result<Self> {
        let of_name = |input: &Input| input.name == name && input.nature != Nature::Typed;
        let found = self.inputs.iter().position(|input| of_name(input) && input.value == value);
        let missing = || format!("the form for {} has no box {name} of value {value}", self.action);
        let found = found.with_context(missing)?;
        for (place, input) in self.inputs.iter_mut().enumerate() {
            if place == found {
                input.on = on;
            } else if of_name(input) && input.nature == Nature::Choice {
                input.on = false;
            }
        }
        Ok(self)
    }

    /// Presses the button of that label; its name and value are sent too.
    pub fn press(mut self, label: &str) -> Result<Self> {
        let missing = || format!("the form for {} has no button \"{label}\"", self.action);
        let button = self.button(label).cloned().with_context(missing)?;
        if let Some(action) = &button.action {
            self.action = action.clone();
        }
        self.pressed = Some(button);
        Ok(self)
    }

    /// What the field `name` holds now; the value of a box or choice only where it is on.
    pub fn value(&self, name: &str) -> Option<&str> {
        let input = self.inputs.iter().find(|input| input.on && input.name == name)?;
        Some(&input.value)
    }

    /// The names of all fields, in the form's order.
    pub fn names(&self) -> Vec<&str> {
        self.inputs.iter().map(|input| input.name.as_str()).collect()
    }

    fn button(&self, label: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| button.label == label)
    }

    /// As `application/x-www-form-urlencoded`.
    pub fn encoded(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for input in self.inputs.iter().filter(|input| input.on) {
            form.append_pair(&input.name, &input.value);
        }
        if let Some(Button { name: Some(name), value, .. }) = &self.pressed {
            form.append_pair(name, value);
        }
        form.finish()
    }
}

impl Button {
    fn read(element: ElementRef<'_>, at: &Url) -> Result<Self> {
        let value = element.attr("value").unwrap_or_default().to_owned();
        let label = match element.value().name() {
            "button" => words(element),
            _ => value.clone(),
        };
        let action = element.attr("formaction").map(|action| at.join(action)).transpose()?;
        Ok(Self { name: element.attr("name").map(str::to_owned), value, label, action })
    }
}

/// The inputs one element stands for: a list of choices stands for several.
fn inputs(element: ElementRef<'_>, name: &str, kind: &str) -> Result<Vec<Input>> {
    let input = |value: String, on, nature| Input { name: name.to_owned(), value, on, nature };
    let value = element.attr("value");
    Ok(match (element.value().name(), kind) {
        ("select", _) => {
            let options = selector("option")?;
            let chosen = |option: &ElementRef<'_>| option.attr("selected").is_some();
            let none_chosen = !element.select(&options).any(|option| chosen(&option));
            let options = element.select(&options).enumerate();
            options
                .map(|(place, option)| {
                    let value = option.attr("value").map_or_else(|| words(option), str::to_owned);
                    input(value, chosen(&option) || (none_chosen && place == 0), Nature::Choice)
                })
                .collect()
        }
        ("textarea", _) => vec![input(element.text().collect(), true, Nature::Typed)],
        (_, "checkbox" | "radio") => {
            let on = element.attr("checked").is_some();
            let nature = match kind {
                "radio" => Nature::Choice,
                _ => Nature::Box,
            };
            vec![input(value.unwrap_or("on").to_owned(), on, nature)]
        }
        _ => vec![input(value.unwrap_or_default().to_owned(), true, Nature::Typed)],
    })
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn selector(css: &str) -> Result<Selector> {
    Selector::parse(css).map_err(|error| anyhow::anyhow!("{css}: {error}"))
}
