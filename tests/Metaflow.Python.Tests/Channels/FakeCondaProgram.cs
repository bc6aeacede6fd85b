using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Python.Tests.Channels;

/// <summary>A program that answers as micromamba, mamba or conda do, with what the test gives it, and keeps what it was asked.</summary>
public sealed class FakeCondaProgram
{
    private readonly string _folder;
    private readonly string _name;

    /// <summary>Writes the program.</summary>
    /// <param name="folder">The folder for the program and its files.</param>
    /// <param name="name">Its name: <c>micromamba</c>, <c>mamba</c> or <c>conda</c>.</param>
    /// <param name="facts">The member of <c>info --json</c> that has the version, such as <c>"mamba version": "2.0.5"</c>.</param>
    public FakeCondaProgram(string folder, string name, string facts)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test writes programs for a shell.");
        _folder = folder;
        _name = name;
        Directory.CreateDirectory(Bin);
        Write("info", $"{{\"channels\": [], {facts}}}");
        SetScript("");
    }

    /// <summary>Gets the folder of the program, for <c>PATH</c>.</summary>
    public string Bin => Path.Combine(_folder, "bin");

    /// <summary>Gets the path of the program.</summary>
    public string File => Path.Combine(Bin, _name);

    /// <summary>Gets how often the program was asked for its version.</summary>
    public int InfoCount => System.IO.File.Exists(PathOf("infos")) ? System.IO.File.ReadAllLines(PathOf("infos")).Length : 0;

    /// <summary>Gets the arguments with which it was asked for packages.</summary>
    public IReadOnlyList<string> Arguments => System.IO.File.ReadAllLines(PathOf("arguments"));

    /// <summary>Gets the variables with which it was asked for packages.</summary>
    public IReadOnlyDictionary<string, string> Variables => System.IO.File.ReadAllLines(PathOf("variables"))
        .Select(static line => line.Split('=', 2)).Where(static parts => parts.Length == 2)
        .ToDictionary(static parts => parts[0], static parts => parts[1], StringComparer.Ordinal);

    /// <summary>Gets the file of credentials that it was given, which is deleted when it has ended.</summary>
    public string Credentials => System.IO.File.ReadAllText(PathOf("credentials"));

    /// <summary>Gets the folder in which it should work, where the environment would be.</summary>
    public string WorkFolder => Path.GetDirectoryName(Arguments[Arguments.ToList().IndexOf("--prefix") + 1])!;

    /// <summary>Returns the path of a file of the test.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Sets what it answers.</summary>
    /// <param name="json">Its output.</param>
    /// <param name="errors">What it prints for people.</param>
    /// <param name="exitCode">Its exit code.</param>
    public void Answer(string json, string errors = "", int exitCode = 0)
    {
        Write("answer", json);
        Write("errors", errors);
        SetScript($"cat '{PathOf("errors")}' >&2; cat '{PathOf("answer")}'; exit {exitCode}");
    }

    /// <summary>Sets what it does when it is asked for packages.</summary>
    public void SetScript(string script)
    {
        System.IO.File.WriteAllText(File, $$"""
            #!/bin/sh
            found=$(/usr/bin/env)
            PATH="$PATH:/usr/bin:/bin"
            if [ "$1" = info ]; then echo info >> '{{PathOf("infos")}}'; cat '{{PathOf("info")}}'; exit 0; fi
            printf '%s\n' "$@" > '{{PathOf("arguments")}}'
            printf '%s\n' "$found" > '{{PathOf("variables")}}'
            if [ -n "$NETRC" ]; then cat "$NETRC" > '{{PathOf("credentials")}}'; fi
            mkdir -p "$CONDA_PKGS_DIRS/cache" "$MAMBA_ROOT_PREFIX"; echo list > "$CONDA_PKGS_DIRS/cache/list.json"
            {{script}}

            """);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Makes it a file that nobody may execute.</summary>
    public void ForbidExecution()
    {
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        }
    }

    /// <summary>Returns the answer of micromamba, and of mamba since version 2.</summary>
    /// <param name="records">The objects of the channels' lists.</param>
    /// <param name="baseUrl">The channel's address.</param>
    public static string AnswerOfMamba(IEnumerable<JsonObject> records, string baseUrl) => Whole(new JsonObject
    {
        ["FETCH"] = new JsonArray(),
        ["LINK"] = new JsonArray([.. records.Select(record => Linked(record, baseUrl))]),
        ["PREFIX"] = "/nowhere",
    });

    /// <summary>Returns the answer of conda.</summary>
    /// <param name="records">The objects of the channels' lists.</param>
    /// <param name="baseUrl">The channel's address.</param>
    public static string AnswerOfConda(IEnumerable<JsonObject> records, string baseUrl)
    {
        var all = records.ToList();
        return Whole(new JsonObject
        {
            ["FETCH"] = new JsonArray([.. all.Select(record => Linked(record, baseUrl)).Reverse()]),
            ["LINK"] = new JsonArray([.. all.Select(record => new JsonObject
            {
                ["base_url"] = baseUrl,
                ["build_number"] = record["build_number"]?.DeepClone(),
                ["build_string"] = record["build"]?.DeepClone(),
                ["channel"] = "c0",
                ["dist_name"] = $"{record["name"]}-{record["version"]}-{record["build"]}",
                ["name"] = record["name"]?.DeepClone(),
                ["platform"] = record["subdir"]?.DeepClone(),
                ["version"] = record["version"]?.DeepClone(),
            })]),
            ["PREFIX"] = "/nowhere",
        });
    }

    private static JsonObject Linked(JsonObject record, string baseUrl)
    {
        var linked = (JsonObject)record.DeepClone();
        linked["build_string"] = linked["build"]?.DeepClone();
        linked["channel"] = $"{baseUrl}/{record["subdir"]}";
        linked["url"] = $"{baseUrl}/{record["subdir"]}/{record["fn"]}";
        linked["track_features"] = "";
        return linked;
    }

    private static string Whole(JsonObject actions) => new JsonObject
    {
        ["actions"] = actions,
        ["dry_run"] = true,
        ["prefix"] = "/nowhere",
        ["success"] = true,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private void Write(string name, string text) => System.IO.File.WriteAllText(PathOf(name), text);
}
