//! The vocabulary as a JSON Schema (draft 2020-12), which editors read for completion and checks.

use serde_json::{Map, Value, json};

use super::shape::{Available, Field, Shape};
use super::vocabulary::ROOT;

/// The schema of `agent.toml`.
#[must_use]
pub fn schema() -> Value {
    let mut root = table(ROOT);
    root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".into(), json!("agent.toml"));
    root.insert("description".into(), json!("What is installed on Windows machines, and how"));
    Value::Object(root)
}

fn table(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields.iter().map(|f| (f.key.to_owned(), property(f))).collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.required).map(|f| f.key).collect();
    let mut out = Map::new();
    out.insert("type".into(), json!("object"));
    out.insert("properties".into(), Value::Object(properties));
    out.insert("additionalProperties".into(), json!(false));
    if !required.is_empty() {
        out.insert("required".into(), json!(required));
    }
    out
}

fn property(field: &Field) -> Value {
    let mut value = of(&field.shape);
    let doc = match field.available {
        Available::Now => field.doc.to_owned(),
        Available::Later => format!("{} (not available in this version)", field.doc),
    };
    value.insert("description".into(), json!(doc));
    if field.available == Available::Later {
        value.insert("deprecated".into(), json!(true));
    }
    Value::Object(value)
}

fn of(shape: &Shape) -> Map<String, Value> {
    let value = match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Choice(choices) => {
            let words: Vec<&str> = choices.iter().map(|c| c.word).collect();
            json!({ "type": "string", "enum": words })
        }
        Shape::List(inner) => json!({ "type": "array", "items": of(inner) }),
        Shape::Table(fields) => return table(fields),
        Shape::Tables(fields) => json!({ "type": "array", "items": table(fields) }),
        Shape::Map(inner) => json!({ "type": "object", "additionalProperties": of(inner) }),
        Shape::AnyOf(shapes) => json!({ "anyOf": shapes.iter().map(of).collect::<Vec<_>>() }),
        Shape::Open => json!({}),
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_schema_with_its_documentation() {
        let schema = schema();
        assert_eq!(schema["required"], json!(["product", "payload"]));
        let product = &schema["properties"]["product"];
        assert_eq!(product["additionalProperties"], false);
        assert!(product["properties"]["id"]["description"].as_str().unwrap().contains("reverse-DNS"));
        let start = &schema["properties"]["service"]["items"]["properties"]["start"];
        assert_eq!(start["enum"][0], "auto");
        assert_eq!(schema["properties"]["sign"]["deprecated"], true);
    }
}
