module brickpass.example/cli

go 1.26.0

require (
	github.com/BurntSushi/toml v1.6.0 // indirect; MIT
	github.com/Masterminds/semver/v3 v3.5.0 // indirect; MIT
	github.com/charmbracelet/bubbles v1.0.0 // indirect; MIT
	github.com/charmbracelet/bubbletea v1.3.10 // indirect; MIT
	github.com/charmbracelet/huh v1.0.0 // indirect; MIT
	github.com/charmbracelet/lipgloss v1.1.0 // indirect; MIT
	github.com/charmbracelet/x/ansi v0.11.7 // indirect; MIT
	github.com/databricks/databricks-sdk-go v0.165.0 // indirect; Apache-2.0
	github.com/google/uuid v1.6.0 // indirect; BSD-3-Clause
	github.com/gorilla/websocket v1.5.3 // indirect; BSD-2-Clause
	github.com/hashicorp/go-version v1.9.0 // indirect; MPL-2.0
	github.com/hashicorp/hc-install v0.9.5 // indirect; MPL-2.0
	github.com/hashicorp/terraform-exec v0.25.2 // indirect; MPL-2.0
	github.com/hashicorp/terraform-json v0.28.0 // indirect; MPL-2.0
	github.com/hexops/gotextdiff v1.0.3 // indirect; BSD-3-Clause
	github.com/jackc/pgx/v5 v5.10.0 // indirect; MIT
	github.com/mattn/go-isatty v0.0.22 // indirect; MIT
	github.com/muesli/termenv v0.16.0 // indirect; MIT
	github.com/palantir/pkg/yamlpatch v1.5.0 // indirect; BSD-3-Clause
	github.com/pkg/browser v0.0.0-20240102092130-5ac0b6a4141c // indirect; BSD-2-Clause
	github.com/sabhiram/go-gitignore v0.0.0-20210923224102-525f6e181f06 // indirect; MIT
	github.com/spf13/cobra v1.10.2 // indirect; Apache-2.0
	github.com/spf13/pflag v1.0.10 // indirect; BSD-3-Clause
	github.com/tailscale/hujson v0.0.0-20250605163823-992244df8c5a // indirect; BSD-3-Clause
	github.com/zalando/go-keyring v0.2.8 // indirect; MIT
	go.yaml.in/yaml/v3 v3.0.4 // indirect; MIT AND Apache-2.0
	golang.org/x/crypto v0.54.0 // indirect; BSD-3-Clause
	golang.org/x/mod v0.38.0 // indirect; BSD-3-Clause
	golang.org/x/net v0.57.0 // indirect; BSD-3-Clause
	golang.org/x/oauth2 v0.36.0 // indirect; BSD-3-Clause
	golang.org/x/sync v0.22.0 // indirect; BSD-3-Clause
	golang.org/x/sys v0.47.0 // indirect; BSD-3-Clause
	golang.org/x/text v0.40.0 // indirect; BSD-3-Clause
	gopkg.in/ini.v1 v1.67.3 // indirect; Apache-2.0
)

require github.com/databricks/sdk-go/core v0.0.1-dev // indirect; Apache-2.0

require (
	github.com/databricks/sdk-go/auth v0.0.0-dev // indirect; Apache-2.0
	github.com/databricks/sdk-go/files v0.0.0-dev.1 // indirect; Apache-2.0
	github.com/databricks/sdk-go/options v0.0.0-dev // indirect; Apache-2.0
)

require (
	cloud.google.com/go/auth v0.18.1 // indirect
	cloud.google.com/go/auth/oauth2adapt v0.2.8 // indirect
	cloud.google.com/go/compute/metadata v0.9.0 // indirect
	github.com/ProtonMail/go-crypto v1.4.1 // indirect
	github.com/apparentlymart/go-textseg/v15 v15.0.0 // indirect
	github.com/atotto/clipboard v0.1.4 // indirect
	github.com/aymanbagabas/go-osc52/v2 v2.0.1 // indirect
	github.com/catppuccin/go v0.3.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/charmbracelet/colorprofile v0.4.1 // indirect
	github.com/charmbracelet/x/cellbuf v0.0.15 // indirect
	github.com/charmbracelet/x/exp/strings v0.0.0-20240722160745-212f7b056ed0 // indirect
	github.com/charmbracelet/x/term v0.2.2 // indirect
	github.com/clipperhouse/displaywidth v0.11.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/cloudflare/circl v1.6.3 // indirect
	github.com/danieljoos/wincred v1.2.3 // indirect
	github.com/databricks/cli v1.10.0
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/erikgeiser/coninput v0.0.0-20211004153227-1c3628e74d0f // indirect
	github.com/felixge/httpsnoop v1.0.4 // indirect
	github.com/go-logr/logr v1.4.3 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/godbus/dbus/v5 v5.2.2 // indirect
	github.com/google/go-querystring v1.2.0 // indirect
	github.com/google/s2a-go v0.1.9 // indirect
	github.com/googleapis/enterprise-certificate-proxy v0.3.11 // indirect
	github.com/googleapis/gax-go/v2 v2.17.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/lucasb-eyer/go-colorful v1.4.0 // indirect
	github.com/mattn/go-localereader v0.0.1 // indirect
	github.com/mattn/go-runewidth v0.0.23 // indirect
	github.com/mitchellh/hashstructure/v2 v2.0.2 // indirect
	github.com/muesli/ansi v0.0.0-20230316100256-276c6243b2f6 // indirect
	github.com/muesli/cancelreader v0.2.2 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/xo/terminfo v0.0.0-20220910002029-abceb7e1c41e // indirect
	github.com/zclconf/go-cty v1.18.1 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.68.0 // indirect
	go.opentelemetry.io/otel v1.44.0 // indirect
	go.opentelemetry.io/otel/metric v1.44.0 // indirect
	go.opentelemetry.io/otel/trace v1.44.0 // indirect
	golang.org/x/exp v0.0.0-20240222234643-814bf88cf225 // indirect
	golang.org/x/time v0.14.0 // indirect
	google.golang.org/api v0.265.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260414002931-afd174a4e478 // indirect
	google.golang.org/grpc v1.82.1 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
