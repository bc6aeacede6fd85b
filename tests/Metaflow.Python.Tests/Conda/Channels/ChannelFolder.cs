using System.Text;
using System.Text.Json.Nodes;

namespace Metaflow.Python.Tests.Conda.Channels;

/// <summary>A channel that a test builds: records by platform, written as lists into a folder.</summary>
internal sealed class ChannelFolder(string path)
{
    private readonly Dictionary<string, JsonObject> _lists = new(StringComparer.Ordinal);

    public string Path { get; } = path;

    /// <summary>Adds a record. The file's name follows from its name, version and build.</summary>
    public JsonObject Add(string stem, string[]? depends = null, string[]? constrains = null, Action<JsonObject>? change = null)
        => Add("linux-64", stem, depends, constrains, change);

    public JsonObject Add(
        string platform, string stem, string[]? depends = null, string[]? constrains = null, Action<JsonObject>? change = null,
        string extension = ".conda")
    {
        var parts = stem.Split('-');
        var (name, version, build) = (string.Join('-', parts[..^2]), parts[^2], parts[^1]);
        var record = new JsonObject
        {
            ["build"] = build,
            ["build_number"] = int.TryParse(build[(build.LastIndexOf('_') + 1)..], out var number) ? number : 0,
            ["depends"] = new JsonArray([.. (depends ?? []).Select(static text => JsonValue.Create(text))]),
            ["md5"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(stem)))[..32],
            ["name"] = name,
            ["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(stem))),
            ["size"] = 1000 + stem.Length,
            ["subdir"] = platform,
            ["version"] = version,
        };
        if (constrains is not null)
        {
            record["constrains"] = new JsonArray([.. constrains.Select(static text => JsonValue.Create(text))]);
        }

        change?.Invoke(record);
        ((JsonObject)List(platform)[extension == ".conda" ? "packages.conda" : "packages"]!)[stem + extension] = record;
        return record;
    }

    public JsonObject List(string platform)
    {
        if (!_lists.TryGetValue(platform, out var list))
        {
            _lists[platform] = list = new JsonObject
            {
                ["info"] = new JsonObject { ["subdir"] = platform },
                ["packages"] = new JsonObject(),
                ["packages.conda"] = new JsonObject(),
                ["removed"] = new JsonArray(),
                ["repodata_version"] = 1,
            };
        }

        return list;
    }

    public bool HasName(string name)
        => _lists.Values.Any(list => ((JsonObject)list["packages.conda"]!).Any(pair => (string?)pair.Value!["name"] == name));

    public ChannelFolder Write()
    {
        foreach (var platform in (string[])[.. _lists.Keys, "noarch"])
        {
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, platform));
            File.WriteAllText(System.IO.Path.Combine(folder.FullName, "repodata.json"), List(platform).ToJsonString());
        }

        return this;
    }
}
