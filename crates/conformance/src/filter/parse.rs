//! Reads an expression: a grammar of two operators, and one error that says what was expected where.
//!
//! ```text
//! any     = all { ("|" | "or") all }
//! all     = one { ("&" | "and") one }
//! one     = ("!" | "not") one | "(" any ")" | "all()" | name "(" pattern ")"
//! ```

use std::ops::Range;

use super::{Node, Operand, Sort};
use crate::diagnostic::{Problem, nearest};

/// How deep parentheses and negations may go: more is no expression that a person wrote.
const DEEPEST: usize = 64;

const OPERANDS: &str = "`id(…)`, `clause(…)`, `tag(…)`, `level(…)`, `all()`, `!` or `(`";

pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    let node = parser.any()?;
    match parser.token() {
        (Token::End, _) => Ok(node),
        (found, span) => Err(parser.unexpected("`&`, `|` or the end", found, span)),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token<'t> {
    Or,
    And,
    Not,
    Open,
    Close,
    Word(&'t str),
    Other(char),
    End,
}

struct Parser<'t> {
    text: &'t str,
    /// Where the next token is looked for.
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn any(&mut self) -> Result<Node, Problem> {
        let mut nodes = vec![self.all()?];
        while self.eat(Token::Or) {
            nodes.push(self.all()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn all(&mut self) -> Result<Node, Problem> {
        let mut nodes = vec![self.one()?];
        while self.eat(Token::And) {
            nodes.push(self.one()?);
        }
        Ok(one_or(nodes, Node::All))
    }

    fn one(&mut self) -> Result<Node, Problem> {
        let (token, span) = self.token();
        match token {
            Token::Not => {
                let node = self.deeper(span, Self::one)?;
                Ok(Node::Not(Box::new(node)))
            }
            Token::Open => {
                let node = self.deeper(span, Self::any)?;
                match self.token() {
                    (Token::Close, _) => Ok(node),
                    (found, span) => Err(self.unexpected("`&`, `|` or `)`", found, span)),
                }
            }
            Token::Word(word) => self.operand(word, span),
            found => Err(self.unexpected(OPERANDS, found, span)),
        }
    }

    fn deeper(
        &mut self,
        span: Range<usize>,
        read: impl FnOnce(&mut Self) -> Result<Node, Problem>,
    ) -> Result<Node, Problem> {
        if self.depth == DEEPEST {
            let what =
                format!("expected at most {DEEPEST} parentheses and `!` within each other, found more");
            return Err(Problem::new(span, what));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    /// What a word begins: `name(pattern)`.
    fn operand(&mut self, word: &'t str, span: Range<usize>) -> Result<Node, Problem> {
        let sort = Sort::ALL.into_iter().find(|sort| sort.as_str() == word);
        if sort.is_none() && word != "all" {
            let problem = Problem::new(span, format!("expected {OPERANDS}, found `{word}`"));
            let names = Sort::ALL.map(Sort::as_str);
            return Err(match nearest(word, names.into_iter()) {
                Some(name) => problem.help(format!("did you mean `{name}(…)`?")),
                None => problem.help(format!(
                    "write `id({word})` or `clause({word})` for what it names"
                )),
            });
        }
        match self.token() {
            (Token::Open, _) => {}
            (found, at) => {
                let wanted = format!("`(` behind `{word}`");
                return Err(self.unexpected(&wanted, found, at));
            }
        }
        let start = self.at;
        // A pattern goes up to the parenthesis: no id, clause or tag has one in it.
        let length = self.text[start..]
            .find([')', '('])
            .unwrap_or(self.text.len() - start);
        self.at = start + length;
        let raw = &self.text[start..self.at];
        let from = start + (raw.len() - raw.trim_start().len());
        let pattern = raw.trim();
        let span = from..from + pattern.len();
        match self.token() {
            (Token::Close, _) => {}
            (found, at) => {
                let wanted = format!("`)` behind the pattern of `{word}`");
                return Err(self.unexpected(&wanted, found, at));
            }
        }
        match (sort, pattern) {
            (None, "") => Ok(Node::Everything),
            (None, _) => Err(Problem::new(
                span,
                format!("expected `all()`, found a pattern in it: `{pattern}`"),
            )),
            (Some(sort), "") => Err(Problem::new(
                start..self.at,
                format!(
                    "expected a pattern in `{}(…)`, such as `{}`, found none",
                    sort.as_str(),
                    example(sort)
                ),
            )),
            (Some(sort), _) => Ok(Node::Operand(Operand {
                sort,
                pattern: pattern.to_owned(),
                span,
            })),
        }
    }

    fn eat(&mut self, wanted: Token<'_>) -> bool {
        let before = self.at;
        let eaten = self.token().0 == wanted;
        if !eaten {
            self.at = before;
        }
        eaten
    }

    /// The next token, and the bytes that it is.
    fn token(&mut self) -> (Token<'t>, Range<usize>) {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        let in_word = |letter: char| !letter.is_whitespace() && !"&|!()".contains(letter);
        let word = &rest[..rest.find(|letter| !in_word(letter)).unwrap_or(rest.len())];
        let (token, length) = match (word, rest.chars().next()) {
            ("or", _) => (Token::Or, word.len()),
            ("and", _) => (Token::And, word.len()),
            ("not", _) => (Token::Not, word.len()),
            ("", None) => (Token::End, 0),
            ("", Some('|')) => (Token::Or, 1),
            ("", Some('&')) => (Token::And, 1),
            ("", Some('!')) => (Token::Not, 1),
            ("", Some('(')) => (Token::Open, 1),
            ("", Some(')')) => (Token::Close, 1),
            ("", Some(other)) => (Token::Other(other), other.len_utf8()),
            (word, _) => (Token::Word(word), word.len()),
        };
        self.at = start + length;
        (token, start..self.at)
    }

    fn unexpected(&self, wanted: &str, found: Token<'_>, span: Range<usize>) -> Problem {
        let shown = match found {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", &self.text[span.clone()]),
        };
        let doubled = matches!(found, Token::And | Token::Or) && {
            let before = self.text[..span.start].chars().next_back();
            before.is_some() && before == self.text[span.clone()].chars().next()
        };
        let problem = Problem::new(span, format!("expected {wanted}, found {shown}"));
        if doubled {
            problem.help("one `&` is and, one `|` is or")
        } else {
            problem
        }
    }
}

const fn example(sort: Sort) -> &'static str {
    match sort {
        Sort::Id => "list/*",
        Sort::Clause => "upload.bad-kind",
        Sort::Tag => "large",
        Sort::Level => "must",
    }
}

fn one_or(mut nodes: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match (nodes.len(), nodes.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            nodes.push(last);
            many(nodes)
        }
        (_, None) => Node::Everything,
    }
}
