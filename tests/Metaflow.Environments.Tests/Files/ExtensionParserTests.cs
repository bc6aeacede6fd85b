using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Environments.Files;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Files;

/// <summary>The parsers of Metaflow's Conda V2 extension read the same.</summary>
public sealed class ExtensionParserTests
{
    // Versions of PyPI are canonical here also where the extension forgets it.
    private const string Script = """
        import json, re, sys, warnings
        import metaflow
        from metaflow._vendor.packaging.utils import canonicalize_version
        from metaflow_extensions.netflixext.plugins.conda.parsers import parse_req_value, parse_yml_value, parse_toml_value
        from metaflow_extensions.netflixext.plugins.conda.utils import merge_dep_dicts, strip_url_credentials
        warnings.simplefilter("ignore")

        # The extension leaves the order of extras to chance.
        def ordered(extras):
            return "[%s]" % ",".join(sorted(extras.group(1).split(",")))

        def parsed(format, text):
            extras, sources, first, second, system = {}, {}, {}, {}, {}
            parse = {"req": parse_req_value, "yml": parse_yml_value, "toml": parse_toml_value}[format]
            python = parse(text, extras, sources, first, second, system)
            packages = {"conda": first, "pypi": second, "sys": system} if format == "yml" \
                else {"pypi": first, "npconda": second, "sys": system}
            for category in ("pypi", "npconda"):
                packages[category] = {re.sub(r"\[(.*?)\]", ordered, name): canonicalize_version(version)
                    for name, version in packages.get(category, {}).items()}
            return {"python": python, "extras": extras, "sources": sources,
                "packages": {category: names for category, names in packages.items() if names}}

        def answer(kind, text, other):
            try:
                if kind == "canonical":
                    return canonicalize_version(text)
                if kind == "and":
                    return merge_dep_dicts({"a": text}, {"a": other})["a"]
                if kind == "address":
                    return strip_url_credentials(text)
                return parsed(kind, text)
            except Exception as error:
                return None

        print(json.dumps([answer(*case) for case in json.load(sys.stdin)]))
        """;

    [Fact]
    public async Task Files_are_read_as_by_the_extension()
    {
        string[][] cases =
        [
            ["req", "numpy>=1.2,<2 ; sys_platform=='linux'\nscipy==1.0\n# x\npython==3.11\n--pre\n-f wheels\n--no-index\n", ""],
            ["req", "--extra-index-url https://a.example\n--conda-pkg ffmpeg >= 6\n--conda-channel c\n--sys-pkg __glibc==2.27\n-i x\n", ""],
            ["req", "--trusted-host h\ngreet[y,x] @ https://e.example/a.whl ; os_name=='nt'\n--conda-pkg git\n--conda-pkg a==1.0\n", ""],
            ["req", "python>=3.8\npython-dateutil\npython\n", ""],
            ["req", "", ""],
            ["req", "a # b\n   # c\n\tb\n", ""],
            ["req", "--sys-pkg __osx==1", ""],
            ["req", "--sys-pkg __glibc", ""],
            ["req", "-e .", ""],
            ["req", "a --hash=sha256:b", ""],
            ["req", "--extra-index-url", ""],
            ["yml", "channels:\n- a\n- b\npypi-indices:\n  - c\nname: x\ndependencies:\n- python=3.11\n- n=1\n- pip:\n  - b==1.0\n", ""],
            ["yml", "dependencies:\n- a = >=1\n- b >=1\n- c=1\n- d==1\n- e::f=1\n- g ~= 1.2\n- h=1=py_0\n- i\n", ""],
            ["yml", "dependencies:\n- pip:\n  - git+https://h.example/a/lib.git@v1\n  - https://h.example/x.whl\n  - /srv/y.whl\n", ""],
            ["yml", "dependencies:\n- pip:\n  - ssh://git@h.example/lib.git\n  - a[x,y] >=1,<2\n- sys:\n  - __glibc=2.27\n", ""],
            ["yml", "dependencies:\n- sys:\n  - __glibc\n", ""],
            ["yml", "dependencies:\n- sys:\n  - __glibc>=2\n", ""],
            ["yml", "dependencies:\n- sys:\n  - __osx=2\n", ""],
            ["yml", "dependencies:\n- python=3.10\n- python=3.11\n", ""],
            ["yml", "foo:\n- bar\n", ""],
            ["toml", "[project]\nrequires-python='>=3.9'\ndependencies=['a>=1','b[x]==1.0; os_name==\"nt\"','c @ https://e/c']\n", ""],
            ["toml", "[[tool.poetry.source]]\nurl='u'\n[[tool.poetry.source]]\nname='v'\n[[tool.uv.index]]\nurl='w'\n", ""],
            ["toml", "[project]\ndependencies=['python>=3']\n", ""],
            ["toml", "[project]\ndependencies=['a b']\n", ""],
            ["toml", "[project\n", ""],
        ];
        await CompareAsync(cases);
    }

    [Fact]
    public async Task Requirements_of_Python_packages_are_read_as_by_the_extension()
    {
        var random = new Random(11);
        string[] names = ["numpy", "a", "A.b-c_d", "a-", "-a", "_a", "1a", "é", "a b", ""];
        string[] extras = ["", "", "", "[x]", "[ x , y ]", "[]", "[y,x,x]", "[x", "[x y]", "[,]"];
        string[] versions =
        [
            "", "", "==1.0", " == 1.0 ", ">=1,<2", "(>=1)", "( ~=1.2 , !=1.3.* )", "===foo", "==1.*", ">=1.*", "~=1", "~=1.2a1",
            "<2.0.post1", ">1.0+local", "==1.0+local.1", "!=1!2.0rc1", "==1.0-1", ">=1,", "@ https://e.example/x",
            " @ git+https://e.example/x@y#z", "@nowhere", "@ file:///a", ">= 1.0dev", "==v1", "=1", "=>1", "1.0", "==", "<", "(>=1",
            "==1.0 ==2.0", "==1.0alpha2", ">=2,==1.0",
        ];
        string[] markers =
        [
            "", "", "", ";os_name=='nt'", " ; python_version < '3.9'", "; python_version in '2.7, 3.0'",
            ";  os.name=='x' and ( sys.platform!='y' or extra=='a' )", "; ((python_version>'3'))", "; python_implementation=='CPython'",
            "; 'x' not  in platform_version", "; 'linux' in sys_platform or os_name==''", "; (a)", ";", "; os_name", "; os_name=='nt",
            "; os_name=='a' and", "; extra=='B.c'", "; platform.machine=='x'", "; 'a'=='b'", "; python_full_version ~= '3.8.1'",
            "; implementation_name === 'x'", "; (os_name=='a') and (os_name=='b')",
            "; (os_name=='a' and os_name=='b') or (os_name=='c')", " trailing",
        ];
        var lines = Enumerable.Range(0, 3000).Select(_ => Pick(names) + Pick(extras) + Pick(versions) + Pick(markers))
            .Where(static line => line.TrimStart() is not ("" or ['-', ..])).Distinct();
        await CompareAsync([.. lines.Select(static line => new[] { "req", line, "" })]);

        string Pick(string[] choices) => choices[random.Next(choices.Length)];
    }

    [Fact]
    public async Task Versions_and_constraints_are_those_of_the_extension()
    {
        var random = new Random(12);
        string[] versions =
        [
            "", "*", "1.0", "1", "==1.0", "<2", ">=1,<2", "~=1.4", "!=1.5", "1.0,<2", "2.0.post1", "1.0.0rc1", "V1.0-ALPHA_2.dev",
            "1!0.0", "1.0+Ubuntu-01", "01.002", "1.0.rev3", "3.10", "1.0-1", "1.0.dev", "x", "1.0.*", "1..0", "1.0c3", "1.0pre", "1_0",
            "1.0.0.0", " 1.0 ", "1.0preview_4.post-2.dev03",
        ];
        string[] addresses =
        [
            "https://user:secret@feed.example/v3/index.json", "https://token@feed.example:8443",
            "https://feed.example/@scope/index.json", "corporate", "/srv/feed", "https://a:b%40c@pypi.example/simple?x=@", "file:///a@b",
        ];
        string[][] cases =
        [
            .. versions.Select(static version => new[] { "canonical", version, "" }),
            .. addresses.Select(static address => new[] { "address", address, "" }),
            .. from one in versions from other in versions
               where one.Trim() == one && other.Trim() == other
               select new[] { "and", one, other },
        ];
        await CompareAsync(cases);
    }

    private static async Task CompareAsync(IReadOnlyList<string[]> cases)
    {
        var answers = JsonNode.Parse(await PythonExtension.RunScriptAsync(Script, JsonSerializer.Serialize(cases)))!.AsArray();
        var differences = cases.Zip(answers)
            .Select(static pair => (one: pair.First, Theirs: Text(pair.Second), Ours: Text(Answer(pair.First))))
            .Where(static pair => pair.Theirs != pair.Ours)
            .Select(static pair => $"{string.Join(" | ", pair.one)}\n  extension {pair.Theirs}\n  here      {pair.Ours}").ToList();

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join('\n', differences.Take(20))}");
    }

    private static string Text(JsonNode? answer) => answer?.ToJsonString() ?? "null";

    private static JsonNode? Answer(string[] one)
    {
        var (kind, text, other) = (one[0], one[1], one[2]);
        try
        {
            return kind switch
            {
                "canonical" => PythonVersionText.Canonicalize(text),
                "and" => PythonConstraint.TryAnd("conda", text, other),
                "address" => SourceAddress.WithoutCredentials(text),
                "req" => Json(RequirementsFile.Parse(InputFile.Of("r", text))),
                "yml" => Json(EnvironmentYaml.Parse(InputFile.Of("e", text))),
                _ => Json(ProjectToml.Parse(InputFile.Of("p", text))),
            };
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static JsonObject Json(FileRequirement read) => new()
    {
        ["python"] = read.Requirement.Python,
        ["extras"] = Lists(read.Requirement.Extras),
        ["sources"] = Lists(read.Requirement.Sources),
        ["packages"] = new JsonObject(Order(read.Requirement.Packages).Select(static category => KeyValuePair.Create<string, JsonNode?>(
            category.Key,
            new JsonObject(category.Value.Select(static package => KeyValuePair.Create<string, JsonNode?>(package.Key, package.Value)))))),
    };

    private static JsonObject Lists(IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
        => new(lists.Select(static list => KeyValuePair.Create<string, JsonNode?>(
            list.Key, new JsonArray([.. list.Value.Select(static value => (JsonNode)value)]))));

    private static IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, string>>> Order(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> packages)
        => packages.OrderBy(static category => Array.IndexOf(["conda", "pypi", "npconda", "sys"], category.Key));
}
