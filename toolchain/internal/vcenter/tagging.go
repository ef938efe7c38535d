package vcenter

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// tagger is what the simulator's vAPI handler can do without HTTP.
type tagger interface {
	http.Handler
	AttachedTags(types.ManagedObjectReference) ([]string, types.BaseMethodFault)
	DetachTag(types.ManagedObjectReference, string) types.BaseMethodFault
}

// tagging checks what the simulator does not before a tag is attached, and detaches tags from objects that go.
type tagging struct {
	vc     *VCenter
	native tagger
}

const taggingPath = "/rest/com/vmware/cis/tagging/"

func newTagging(vc *VCenter, mux *http.ServeMux) *tagging {
	handler, _ := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: taggingPath}})
	return &tagging{vc: vc, native: handler.(tagger)}
}

type taggedObject struct {
	Type  string `json:"type"`
	Value string `json:"id"`
}

func (t *tagging) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, taggingPath+"tag-association") && r.Method == http.MethodPost {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if problem := t.check(r, body); problem != "" {
				refuse(w, problem)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// check returns the vAPI error of an attachment that a real vCenter would refuse, or "".
func (t *tagging) check(r *http.Request, body []byte) string {
	var spec struct {
		Object  *taggedObject  `json:"object_id"`
		Objects []taggedObject `json:"object_ids"`
		Tags    []string       `json:"tag_ids"`
	}
	if json.Unmarshal(body, &spec) != nil {
		return ""
	}
	tag := strings.TrimPrefix(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], "id:")
	if spec.Object != nil {
		spec.Objects = append(spec.Objects, *spec.Object)
	}
	switch r.URL.Query().Get("~action") {
	case "attach", "attach-tag-to-multiple-objects":
		spec.Tags = []string{tag}
	case "attach-multiple-tags-to-object":
	default:
		return ""
	}
	for _, object := range spec.Objects {
		for i, id := range spec.Tags {
			if problem := t.checkOne(r, id, object, spec.Tags[:i]); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (t *tagging) checkOne(r *http.Request, id string, object taggedObject, others []string) string {
	var tag struct {
		Category string `json:"category_id"`
	}
	var category struct {
		Cardinality string   `json:"cardinality"`
		Types       []string `json:"associable_types"`
	}
	if !t.ask(r, "tag/id:"+id, &tag) || !t.ask(r, "category/id:"+tag.Category, &category) {
		return "" // the simulator itself refuses what is not there, or who is not logged in
	}
	target := ref{Type: object.Type, Value: object.Value}
	if t.vc.model.Map().Get(target) == nil {
		return "com.vmware.vapi.std.errors.not_found"
	}
	if len(category.Types) > 0 && !slices.ContainsFunc(category.Types, func(kind string) bool { return associable(kind, object.Type) }) {
		return "com.vmware.vapi.std.errors.invalid_argument"
	}
	if category.Cardinality != "SINGLE" {
		return ""
	}
	attached, _ := t.native.AttachedTags(target)
	for _, other := range slices.Concat(attached, others) {
		var sibling struct {
			Category string `json:"category_id"`
		}
		if other != id && t.ask(r, "tag/id:"+other, &sibling) && sibling.Category == tag.Category {
			return "com.vmware.vapi.std.errors.invalid_argument"
		}
	}
	return ""
}

// associable tells whether a category for one type takes objects of another: switches have two names.
func associable(kind, object string) bool {
	kind = strings.TrimPrefix(kind, "urn:vim25:")
	same := map[string]string{"VmwareDistributedVirtualSwitch": "DistributedVirtualSwitch", "OpaqueNetwork": "Network"}
	for _, name := range []*string{&kind, &object} {
		if other, ok := same[*name]; ok {
			*name = other
		}
	}
	return kind == object || kind == "All"
}

// ask gets something from the simulator's tagging, in the name of the one who asks us.
func (t *tagging) ask(r *http.Request, path string, into any) bool {
	question := httptest.NewRequest(http.MethodGet, taggingPath+path, nil)
	question.Header = r.Header.Clone()
	answer := httptest.NewRecorder()
	t.native.ServeHTTP(answer, question)
	envelope := struct {
		Value any `json:"value"`
	}{into}
	return answer.Code == http.StatusOK && json.NewDecoder(answer.Body).Decode(&envelope) == nil
}

// removed detaches the tags of an object that is gone.
func (t *tagging) removed(r ref) {
	if t == nil {
		return
	}
	attached, _ := t.native.AttachedTags(r)
	for _, id := range attached {
		_ = t.native.DetachTag(r, id)
	}
}

func refuse(w http.ResponseWriter, problem string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": problem, "value": map[string]any{"messages": []string{}}})
}
