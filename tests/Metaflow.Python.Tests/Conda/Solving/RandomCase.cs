using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;
using Metaflow.Python.Tests.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Solving;

/// <summary>A random request with random channels. The same seed gives the same case.</summary>
internal sealed class RandomCase
{
    private static readonly string[] Operators = [">=", "<", "==", "!=", "=", "<=", ">", "~="];

    private readonly Random _random;
    private readonly int _names;
    private long _timestamp = 1_600_000_000_000;

    public RandomCase(int seed, string folder)
    {
        _random = new Random(seed);
        _names = seed % 3 == 2 ? _random.Next(25, 60) : _random.Next(4, 14);
        var channels = _random.Next(1, 4);
        for (var channel = 0; channel < channels; channel++)
        {
            var built = new ChannelFolder(Path.Combine(folder, $"c{channel}"));
            Fill(built, channels);
            Channels.Add(built.Write());
        }

        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            Specs.Add(Spec(_random.Next(_names)));
        }
    }

    public List<ChannelFolder> Channels { get; } = [];

    public List<string> Specs { get; } = [];

    /// <summary>Returns the record that the oracle names.</summary>
    public CondaRecord Record(string place)
    {
        var channel = Channels.Single(channel => Path.GetFileName(channel.Path) == place[..place.IndexOf('/', StringComparison.Ordinal)]);
        var file = place[(place.IndexOf("::", StringComparison.Ordinal) + 2)..];
        var json = new[] { "linux-64", "noarch" }.Select(platform => channel.List(platform)["packages.conda"]![file])
            .First(static json => json is not null)!;
        return new CondaRecord
        {
            Name = (string)json["name"]!,
            Version = CondaVersion.Parse((string)json["version"]!),
            Build = (string)json["build"]!,
            BuildNumber = (int)json["build_number"]!,
            TrackFeatures = json["track_features"] is null ? [] : ["slow"],
            Subdir = "",
            FileName = file,
            Url = "",
            Channel = "",
            ChannelUrl = "",
        };
    }

    private void Fill(ChannelFolder channel, int channels)
    {
        for (var name = 0; name < _names; name++)
        {
            if (channels > 1 && _random.Next(3) == 0)
            {
                continue;
            }

            for (var versions = _random.Next(1, 6); versions > 0; versions--)
            {
                var version = Version();
                for (var builds = _random.Next(4) == 0 ? 3 : 1; builds > 0; builds--)
                {
                    AddRecord(channel, name, version, builds);
                }
            }
        }
    }

    private void AddRecord(ChannelFolder channel, int name, string version, int build)
    {
        var hash = (char)('a' + _random.Next(3));
        var stem = $"p{name}-{version}-{hash}{build}_{_random.Next(2)}";
        var depends = Enumerable.Range(0, _random.Next(4)).Select(_ => _random.Next(_names)).Where(other => other != name).Distinct()
            .Select(Spec).ToArray();
        var constrained = _random.Next(_names);
        var constrains = constrained != name && _random.Next(4) == 0 ? new[] { Limits(constrained) } : null;

        var platform = _random.Next(3) == 0 ? "noarch" : "linux-64";
        _timestamp += 1000 + _random.Next(100_000);
        channel.Add(platform, stem, depends, constrains, record =>
        {
            record["timestamp"] = _timestamp;
            if (_random.Next(12) == 0)
            {
                record["track_features"] = "slow";
            }

            if (platform == "noarch")
            {
                record["noarch"] = "generic";
            }
        });
    }

    private string Version()
        => $"{_random.Next(4)}.{_random.Next(4)}" + (_random.Next(6) == 0 ? ".post1" : _random.Next(6) == 0 ? "rc1" : "");

    private string Spec(int name)
        => _random.Next(50) switch
        {
            // A virtual package now and then.
            0 => "__glibc >=2.17",
            1 => "__glibc >=2.99",
            _ => Limits(name),
        };

    private string Limits(int name) => _random.Next(12) switch
    {
        < 4 => $"p{name}",
        4 or 5 => $"p{name} {_random.Next(4)}.*",
        6 => $"p{name} >={_random.Next(3)}.{_random.Next(4)},<{_random.Next(3, 5)}",
        7 => $"p{name} {Operators[_random.Next(Operators.Length)]}{_random.Next(4)}.{_random.Next(4)}",
        8 => $"p{name} {_random.Next(4)}.{_random.Next(4)}|>={_random.Next(1, 4)}.1",
        9 => $"p{name} * {(char)('a' + _random.Next(3))}*",
        _ => $"p{name} >={_random.Next(3)}.{_random.Next(4)}",
    };
}
