//! The options of `add` and `edit` for the fields of a connection, made from the table of fields.

use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches};

use brickpass_core::connection::{CliOption, Field};

/// What was given for each field. Empty for one whose option is absent.
#[derive(Debug)]
pub(crate) struct Given(Vec<(Field, Vec<String>)>);

impl Given {
    /// The fields that take one value, with the one that was given.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        let once = self.0.iter().filter(|(field, _)| field.spec().option.as_ref().is_some_and(|option| !option.repeats));
        once.filter_map(|(field, values)| Some((*field, values.last()?.as_str())))
    }

    pub(crate) fn text(&self, field: Field) -> Option<&str> {
        self.texts().find(|(known, _)| *known == field).map(|(_, text)| text)
    }

    /// All values of an option that can be given several times.
    pub(crate) fn all(&self, field: Field) -> &[String] {
        self.0.iter().find(|(known, _)| *known == field).map_or(&[], |(_, values)| values)
    }
}

fn options() -> impl Iterator<Item = (Field, &'static CliOption)> {
    Field::ALL.into_iter().filter_map(|field| Some((field, field.spec().option.as_ref()?)))
}

impl clap::Args for Given {
    fn augment_args(command: Command) -> Command {
        command.args(options().map(|(_, option)| {
            let action = if option.repeats { ArgAction::Append } else { ArgAction::Set };
            Arg::new(option.long).long(option.long).value_name(option.value).help(option.help).action(action)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let values = |option: &CliOption| matches.get_many::<String>(option.long).into_iter().flatten().cloned().collect();
        Ok(Self(options().map(|(field, option)| (field, values(option))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, CommandFactory as _};

    use super::*;

    fn given(words: &[&str]) -> Given {
        let command = Given::augment_args(Command::new("edit"));
        Given::from_arg_matches(&command.try_get_matches_from([&["edit"], words].concat()).unwrap()).unwrap()
    }

    #[test]
    fn every_field_with_an_option_is_read_from_it() {
        for (field, option) in options() {
            let given = given(&[format!("--{}", option.long).as_str(), "x y"]);
            let (text, all) = if option.repeats { (None, vec!["x y"]) } else { (Some("x y"), vec!["x y"]) };
            assert_eq!((given.text(field), given.all(field).iter().map(String::as_str).collect()), (text, all), "{field:?}");
            assert_eq!(given.texts().count(), usize::from(!option.repeats));
        }
        assert_eq!(given(&["--tag", "a", "--tag", "b"]).all(Field::Tags), ["a", "b"]);
        assert_eq!(given(&["--folder", ""]).text(Field::Folder), Some(""), "it is emptied");
        assert_eq!(given(&[]).texts().count(), 0);
    }

    #[test]
    fn add_and_edit_have_the_same_options_for_fields() {
        for name in ["add", "edit"] {
            let command = super::super::Args::command();
            let command = command.find_subcommand(name).unwrap();
            for (_, option) in options() {
                let found = command.get_arguments().find(|argument| argument.get_long() == Some(option.long)).unwrap();
                assert_eq!(found.get_help().unwrap().to_string(), option.help);
            }
        }
    }
}
