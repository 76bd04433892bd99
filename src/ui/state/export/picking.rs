//! A field with values that the workspace lists.

use jiff::Timestamp;

use super::Export;
use crate::ui::state::{Output, RunId, ask_cancellable};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{ListOffers, Offer};
use brickpass_interchange::format::{Field, FieldKind, Pick};

/// The list under a field is open.
#[derive(Debug)]
pub struct Picking {
    pub field: &'static str,
    pub filter: String,
    /// It was scrolled into view.
    pub seen: bool,
}

impl Picking {
    pub fn matches(&self, offer: &Offer) -> bool {
        let sought = self.filter.to_lowercase();
        let text = format!("{} {}", offer.label, offer.value).to_lowercase();
        sought.split_whitespace().all(|word| text.contains(word))
    }
}

impl Export {
    /// Opens the list and loads it unless it is known; or closes it.
    pub fn toggle_offers(&mut self, id: ConnectionId, field: &'static Field) -> Output {
        let model = self.model_mut(id);
        if model.picking.as_ref().is_some_and(|picking| picking.field == field.id) {
            model.picking = None;
            return Output::none();
        }
        model.picking = Some(Picking { field: field.id, filter: String::new(), seen: false });
        let FieldKind::Pick(pick) = field.kind else { return Output::none() };
        let within = self.within(id, pick);
        let known = self.offers(id, pick, within.as_ref());
        if known.is_some_and(|known| known.waits() || known.value().is_some() && known.failure().is_none()) {
            return Output::none();
        }
        self.load_offers(id, pick)
    }

    /// Also *Refresh*. Schemas belong to a catalog: without one, none are loaded.
    pub fn load_offers(&mut self, id: ConnectionId, pick: Pick) -> Output {
        let within = self.within(id, pick);
        if pick == Pick::Schema && within.is_none() {
            return Output::none();
        }
        let run = RunId::next();
        let (key, of) = ((pick, within.clone()), (pick, within.clone()));
        let (request, cancel) = ask_cancellable(ListOffers { id, pick, within }, move |state, outcome, _| {
            if let Some(asked) = state.export.models.get_mut(&id).and_then(|model| model.offers.get_mut(&of)) {
                asked.answered(run, outcome);
            }
        });
        self.model_mut(id).offers.entry(key).or_default().asked_cancellable(run, cancel);
        request.into()
    }

    /// The person stops waiting: an older list stays, otherwise the list closes.
    pub fn cancel_offers(&mut self, id: ConnectionId, pick: Pick) {
        let within = self.within(id, pick);
        let model = self.model_mut(id);
        let Some(asked) = model.offers.get_mut(&(pick, within)) else { return };
        asked.cancel();
        if asked.value().is_none() {
            model.picking = None;
        }
    }

    /// The catalog whose schemas are listed.
    pub fn within(&self, id: ConnectionId, pick: Pick) -> Option<String> {
        let format = self.format().filter(|_| pick == Pick::Schema)?;
        let model = self.model(id)?;
        let catalog = format.fields.iter().find(|field| field.kind == FieldKind::Pick(Pick::Catalog))?;
        Some(model.answer(format, catalog).to_owned()).filter(|catalog| !catalog.is_empty())
    }

    pub fn pick_offer(&mut self, id: ConnectionId, field: &'static Field, offer: &Offer, now: Timestamp) -> Output {
        self.answer(id, field, offer.value.clone(), now);
        self.model_mut(id).picking = None;
        self.load_preview(id)
    }
}
