//! One service principal: its secrets and its access.

use egui::{Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::{asking, grants, quiet, words};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Remote, State, TokensOf},
    test_panel::failure_lines,
    text::{self, tokens as token_words},
    theme::{self, Tone},
    widgets::{Button, Select, card, checkbox, icon_button_colored, paragraph, select_option, spinner, truncated_label},
};
use brickpass_databricks::rest::{Entitlement, OAuthSecret, ServicePrincipal, WorkspaceRole};

const ACTION: f32 = 28.0;
/// Below this width, a secret takes two lines.
const TIGHT: f32 = 380.0;
/// From this page width on, access and secrets are side by side.
const WIDE: f32 = 840.0;

/// The way back, and the name.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let principal = state.admin.principal(&state.connections).map(|(_, _, principal)| principal).cloned();
    if way_back(ui, principal.as_ref().map_or("", |principal| &principal.name)) {
        state.admin.close_principal(&state.connections);
        ui.ctx().request_repaint();
        return;
    }
    let Some(principal) = principal else { return };
    let narrow = ui.available_width() < super::NARROW;
    let connect = Button::secondary(if narrow { words::CONNECT_SHORT } else { words::CONNECT }).icon(Icon::Plug);
    ui.horizontal(|ui| {
        let room = if narrow { ui.available_width() } else { ui.available_width() - connect.width(ui) - ui.spacing().item_spacing.x };
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 0.0;
            name(ui, &principal, state);
        });
        if !narrow {
            connect_button(ui, state, act, Button::secondary(words::CONNECT).icon(Icon::Plug));
        }
    });
    if narrow {
        connect_button(ui, state, act, connect);
    }
    ui.add_space(4.0);
}

fn way_back(ui: &mut Ui, name: &str) -> bool {
    let palette = theme::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let back = Button::ghost(words::ALL_PRINCIPALS).small().show(ui).clicked();
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 24.0), Sense::hover());
        Icon::CaretRight.paint(ui.painter(), rect.center(), 12.0, palette.weak);
        let room = ui.available_width();
        truncated_label(ui, name, fonts::regular(12.0), palette.weak, room);
        back
    })
    .inner
}

fn connect_button(ui: &mut Ui, state: &mut State, act: &mut Act, button: Button<'_>) {
    if button.enabled(state.connections.can_connect_as_principal()).show(ui).clicked() {
        act.send(state.admin.connect_as_principal(&state.connections));
    }
}

fn name(ui: &mut Ui, principal: &ServicePrincipal, state: &mut State) {
    let palette = theme::of(ui);
    let (active, tone) = words::active(principal.active);
    ui.horizontal(|ui| {
        let room = ui.available_width() - 84.0;
        truncated_label(ui, &principal.name, fonts::semibold(16.0), palette.text, room);
        let colour = if principal.active { palette.tone(tone) } else { palette.weak };
        if principal.active {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 20.0), Sense::hover());
            Icon::Ok.paint(ui.painter(), rect.center(), 14.0, colour);
        }
        truncated_label(ui, active, fonts::regular(12.0), colour, 80.0);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let id = principal.client_id.as_str();
        let told = format!("{} {id}", words::APPLICATION_ID);
        let room = ui.available_width() - 32.0;
        truncated_label(ui, &told, fonts::regular(14.0), palette.weak, room);
        if icon_button_colored(ui, Icon::Copy, words::COPY_APPLICATION_ID, 28.0, None).clicked() {
            Act::copy(ui.ctx(), state, id.to_owned());
        }
    });
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.administered() else { return };
    let Some(principal) = state.admin.principal(&state.connections).map(|(_, _, principal)| principal).cloned() else {
        asking(ui, words::ASKING_PRINCIPALS);
        return;
    };
    let account = state.connections.tokens_of(id) == TokensOf::Account;
    if ui.available_width() >= WIDE {
        ui.spacing_mut().item_spacing.x = 16.0;
        ui.columns_const(|[left, right]| {
            part(left, words::SECRETS, |ui| secrets(ui, state, act));
            if account {
                part(right, words::JOIN, |ui| join(ui, state, act));
            } else {
                part(left, words::ACCESS, |ui| access(ui, state, act, &principal));
                part(right, words::PERMISSIONS, |ui| grants::show(ui, state, act));
            }
        });
        return;
    }
    part(ui, words::SECRETS, |ui| secrets(ui, state, act));
    if account {
        part(ui, words::JOIN, |ui| join(ui, state, act));
    } else {
        part(ui, words::ACCESS, |ui| access(ui, state, act, &principal));
        part(ui, words::PERMISSIONS, |ui| grants::show(ui, state, act));
    }
}

/// A section of the page with a heading.
fn part(ui: &mut Ui, heading: &str, add_contents: impl FnOnce(&mut Ui)) {
    card(ui, None, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        let said = truncated_label(ui, heading, fonts::semibold(14.0), theme::of(ui).text, ui.available_width());
        said.widget_info(|| WidgetInfo::labeled(Role::Heading, true, heading));
        // Narrower than a column.
        ui.vertical(add_contents);
    });
    ui.add_space(16.0);
}

fn secrets(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(detail) = state.admin.detail(&state.connections) else { return };
    let failure = detail.secrets.failure().cloned();
    let (known, waits) = (detail.secrets.value().cloned(), detail.secrets.waits());
    if let Some(failure) = failure {
        failure_lines(ui, &failure);
        if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
            act.send(state.admin.load(&state.connections));
        }
        return;
    }
    match known {
        None if waits => asking(ui, words::ASKING_SECRETS),
        None => {}
        Some(known) if known.is_empty() => quiet(ui, words::NO_SECRETS),
        Some(known) => {
            for secret in &known {
                secret_row(ui, state, act, secret);
            }
        }
    }
    if Button::primary(words::NEW_SECRET).icon(Icon::Plus).show(ui).clicked() {
        act.send(state.admin.ask_for_new_secret(&state.connections));
    }
}

fn secret_row(ui: &mut Ui, state: &mut State, act: &mut Act, secret: &OAuthSecret) {
    let palette = theme::of(ui);
    let made = token_words::date(secret.created_at, &state.preferences.zone.0);
    let (expires, tone) = token_words::expires(secret.expires_at, act.now);
    let colour = if tone == Tone::Neutral { palette.weak } else { palette.tone(tone) };
    let status = words::secret_status(&secret.status);
    let deleting = state.admin.detail(&state.connections).is_some_and(|detail| detail.is_deleting(&secret.id));
    ui.horizontal(|ui| {
        ui.set_height(theme::CONTROL_HEIGHT);
        let room = ui.available_width() - ACTION;
        let created = format!("{} {made}", token_words::CREATED);
        let expires = format!("{} {expires}", token_words::EXPIRES);
        if room < TIGHT {
            ui.vertical(|ui| {
                ui.set_width(room - ui.spacing().item_spacing.x);
                ui.spacing_mut().item_spacing.y = 0.0;
                truncated_label(ui, &created, fonts::regular(14.0), palette.text, room);
                truncated_label(ui, &format!("{expires}, {status}"), fonts::regular(12.0), colour, room);
            });
        } else {
            let third = room / 3.0;
            for (words, colour, share) in [(created, palette.text, 1.25), (expires, colour, 1.15), (status, palette.weak, 0.6)] {
                let (rect, _) = ui.allocate_exact_size(vec2(third * share - ui.spacing().item_spacing.x, 20.0), Sense::hover());
                let mut place = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(&words));
                truncated_label(&mut place, &words, fonts::regular(14.0), colour, rect.width());
            }
        }
        if deleting {
            spinner(ui, words::DELETING);
        } else if icon_button_colored(ui, Icon::Trash, &words::delete_secret_made(&made), ACTION, None).clicked() {
            act.send(state.admin.ask_to_delete_secret(secret, &state.connections));
        }
    });
}

fn access(ui: &mut Ui, state: &mut State, act: &mut Act, principal: &ServicePrincipal) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for entitlement in Entitlement::ALL {
        let has = principal.entitlements.contains(&entitlement);
        let waits = state.admin.detail(&state.connections).is_some_and(|detail| detail.is_entitling(entitlement));
        ui.horizontal(|ui| {
            // While the change runs, the new value is shown.
            let mut ticked = has != waits;
            let changed = ui.add_enabled_ui(!waits, |ui| checkbox(ui, &mut ticked, words::entitlement(entitlement)).changed()).inner;
            if waits {
                spinner(ui, words::CHANGING);
            }
            if changed {
                act.send(state.admin.set_entitlement(entitlement, ticked, &state.connections));
            }
        });
    }
}

fn join(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(joining) = state.admin.detail(&state.connections).map(|detail| &detail.joining) else { return };
    match &joining.workspaces {
        Remote::Failed { failure, .. } => {
            let failure = failure.clone();
            failure_lines(ui, &failure);
            if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
                act.send(state.admin.load_workspaces_to_join_again(&state.connections, &state.tests));
            }
            return;
        }
        Remote::Ready(()) => {}
        Remote::NotAsked | Remote::Pending { .. } => {
            asking(ui, text::ASKING_WORKSPACES);
            return;
        }
    }
    if joining.table_model.records().is_empty() {
        quiet(ui, text::NO_WORKSPACES);
        return;
    }
    let (waits, role, joined) = (joining.waits(), joining.role, joining.joined.clone());
    let chosen = joining.chosen.as_ref().map(|workspace| workspace.name.clone());
    if let Some(name) = chosen {
        if grants::chosen_line(ui, words::WORKSPACE, &name, waits)
            && let Some(detail) = state.admin.detail_mut(&state.connections)
        {
            detail.joining.chosen = None;
            detail.joining.joined = None;
        }
        ui.horizontal(|ui| {
            ui.add_enabled_ui(!waits, |ui| {
                Select::new(words::ROLE, words::role(role)).width(160.0).show(ui, |ui| {
                    for one in WorkspaceRole::ALL {
                        if select_option(ui, one == role, words::role(one), None).clicked()
                            && let Some(detail) = state.admin.detail_mut(&state.connections)
                        {
                            detail.joining.role = one;
                            detail.joining.joined = None;
                        }
                    }
                });
            });
            let add = Button::primary(if waits { words::JOINING } else { words::JOIN_NOW }).busy(waits).enabled(!waits && joined.is_none());
            if add.show(ui).clicked() {
                act.send(state.admin.join_workspace(&state.connections));
            }
        });
    } else if let Some(detail) = state.admin.detail_mut(&state.connections) {
        let table_model = &mut detail.joining.table_model;
        let found = grants::picker(ui, table_model, words::FILTER_WORKSPACES, words::NO_WORKSPACE_MATCHES, |workspace| {
            (workspace.name.as_str(), workspace.base_url.as_ref().map_or(workspace.id.as_str(), |base_url| base_url.host()))
        });
        if let Some(workspace) = found {
            detail.joining.chosen = Some(workspace);
        }
    }
    if let Some((workspace, role)) = joined {
        grants::done_line(ui, &words::joined(&workspace, role));
    }
}

/// Small, weak text.
pub(super) fn small(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(12.0), theme::of(ui).weak);
}
