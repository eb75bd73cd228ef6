//! What a product tells Windows about itself.

use super::{Table, text};
use crate::manifest::types::{Association, EventSource, Font, Ini, Listing};

pub(super) fn listing(t: &Table<'_, '_>) -> Listing {
    Listing {
        help: t.text("help"),
        updates: t.text("updates"),
        contact: t.text("contact"),
        phone: t.text("phone"),
        comments: t.text("comments"),
        no_remove: t.flag("no-remove"),
        hidden: t.flag("hidden"),
    }
}

pub(super) fn event_source(t: &Table<'_, '_>) -> EventSource {
    EventSource {
        span: t.span.clone(),
        log: t.text("log"),
        name: t.text("name"),
        file: t.text("file"),
        categories: t.number("categories"),
        when: t.text("when"),
    }
}

pub(super) fn ini(t: &Table<'_, '_>) -> Ini {
    let values = t.table("values").map(|v| v.entries()).unwrap_or_default();
    Ini {
        span: t.span.clone(),
        file: t.text("file"),
        section: t.text("section"),
        values: values.into_iter().filter_map(|(key, value)| Some((key, text(value)?))).collect(),
        when: t.text("when"),
    }
}

pub(super) fn font(t: &Table<'_, '_>) -> Font {
    Font { span: t.span.clone(), file: t.text("file"), title: t.text("title") }
}

pub(super) fn association(t: &Table<'_, '_>) -> Association {
    Association {
        span: t.span.clone(),
        extension: t.text("extension"),
        protocol: t.text("protocol"),
        program: t.text("program"),
        args: t.text("args"),
        description: t.text("description"),
        content_type: t.text("content-type"),
        icon: t.text("icon"),
    }
}
