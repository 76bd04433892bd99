package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/databricks/databricks-sdk-go/config"
)

// testCase is one configuration: the file of profiles, the environment, and the profile that the caller names.
type testCase struct {
	File    string            `json:"file"`
	Env     map[string]string `json:"env"`
	Profile string            `json:"profile"`
}

type value struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

type answer struct {
	Attributes map[string]value `json:"attributes"`
	AuthType   string           `json:"auth_type"`
	Problem    string           `json:"problem"`
}

// servers answers the requests of a sign-in the way real servers do when the credentials are good.
type servers struct{}

func (servers) RoundTrip(request *http.Request) (*http.Response, error) {
	status, body := http.StatusNotFound, `{}`
	switch path, host := request.URL.Path, request.URL.Host; {
	case strings.HasSuffix(path, "/.well-known/oauth-authorization-server"):
		base := request.URL.Scheme + "://" + host + "/oidc/v1/"
		status, body = http.StatusOK, `{"authorization_endpoint":"`+base+`authorize","token_endpoint":"`+base+`token"}`
	case strings.HasSuffix(path, "/token"):
		status, body = http.StatusOK, `{"access_token":"a","token_type":"Bearer","expires_in":3600,"expires_on":"4000000000"}`
	case host == "github.test":
		status, body = http.StatusOK, `{"value":"jwt"}`
	case host == "devops.test":
		status, body = http.StatusOK, `{"oidcToken":"jwt"}`
	}
	header := http.Header{"Content-Type": []string{"application/json"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: request}, nil
}

// answerCases reads one case a line and writes one answer a line. home is a folder of its own.
func answerCases(home string) error {
	// Whatever ignores the stubbed servers reaches nobody.
	for name, value := range map[string]string{"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	// The proxies are looked up once, at the first request.
	first, err := http.NewRequest(http.MethodGet, "https://nobody.test", nil)
	if err != nil {
		return err
	}
	if _, err := http.ProxyFromEnvironment(first); err != nil {
		return err
	}
	// All of them first: whoever writes them reads the answers afterwards.
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	cases := json.NewDecoder(bytes.NewReader(input))
	output := json.NewEncoder(os.Stdout)
	for {
		var it testCase
		if err := cases.Decode(&it); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := output.Encode(answerCase(home, &it)); err != nil {
			return err
		}
	}
}

func answerCase(home string, it *testCase) answer {
	os.Clearenv()
	os.Setenv("HOME", home)
	for name, value := range it.Env {
		os.Setenv(name, value)
	}
	if err := os.WriteFile(filepath.Join(home, ".databrickscfg"), []byte(it.File), 0o600); err != nil {
		return answer{Problem: err.Error()}
	}
	cfg := &config.Config{
		Profile:              it.Profile,
		HTTPTransport:        servers{},
		HostMetadataResolver: func(context.Context, string) (*config.HostMetadata, error) { return nil, nil },
	}
	said := answer{Attributes: map[string]value{}}
	if err := cfg.Authenticate(&http.Request{Header: http.Header{}}); err != nil {
		said.Problem = err.Error()
	}
	said.AuthType = cfg.AuthType
	details := cfg.GetAuthDetails()
	for i := range config.ConfigAttributes {
		attribute := &config.ConfigAttributes[i]
		if attribute.IsZero(cfg) {
			continue
		}
		shown := value{Value: attribute.GetString(cfg)}
		if attribute.Sensitive || attribute.Name == "actions_id_token_request_token" {
			shown.Value = "***"
		}
		if known, ok := details.Configuration[attribute.Name]; ok {
			shown.Source = string(known.Source.Type)
			if known.Source.Type == config.SourceEnv {
				shown.Source = known.Source.Name
			}
		}
		said.Attributes[attribute.Name] = shown
	}
	return said
}
