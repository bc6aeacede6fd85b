using System.Globalization;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Times with a zone, as Python's libraries store them: each is read as the same instant, or refused.</summary>
public sealed class PythonZoneTests
{
    private static readonly string[] Zones =
        [
            "UTC", "Etc/UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
            "America/Sao_Paulo", "Pacific/Apia",
        ];

    [Theory]
    [InlineData("zoneinfo", "zoneinfo.ZoneInfo({0})", 2)]
    [InlineData("zoneinfo", "zoneinfo.ZoneInfo({0})", 4)]
    [InlineData("zoneinfo", "zoneinfo.ZoneInfo.no_cache({0})", 5)]
    public void A_time_in_a_zone_of_the_data_base_is_the_same_instant(string module, string zone, int protocol)
    {
        var random = new Random(protocol);
        // Protocols below 4 do not keep which passage of a repeated hour is meant.
        var keepsPassage = protocol >= 4;
        string[] times =
        [
            .. from name in Zones
               from i in Enumerable.Range(0, 40)
               let at = new DateTime(1975, 1, 1).AddMinutes(random.Next(60 * 365 * 24 * 60))
               select Expression(at, string.Format(CultureInfo.InvariantCulture, zone, $"'{name}'"), keepsPassage ? i % 2 : 0),

            // An hour that is repeated, and one that is left out.
            "datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
            $"datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'), fold={(keepsPassage ? 1 : 0)})",
            "datetime.datetime(2026, 3, 29, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
        ];
        Assert.Equal(times.Length, AssertSame(module, protocol, times));
    }

    [Theory]
    [InlineData("pytz", "pytz.timezone('Europe/Berlin').localize(datetime.datetime(2026, 7, 1, 12, 0))")]
    [InlineData("pytz", "pytz.timezone('America/New_York').localize(datetime.datetime(1950, 1, 1, 12, 0))")]
    [InlineData("pytz", "datetime.datetime(2026, 7, 1, 12, 0, tzinfo=pytz.utc)")]
    [InlineData("pytz", "datetime.datetime(2026, 7, 1, 12, 0, tzinfo=pytz.FixedOffset(-90))")]
    [InlineData("dateutil.tz", "datetime.datetime(2026, 7, 1, 12, 0, tzinfo=dateutil.tz.tzutc())")]
    [InlineData("dateutil.tz", "datetime.datetime(2026, 7, 1, 12, 0, tzinfo=dateutil.tz.tzoffset('here', 19800))")]
    [InlineData("datetime", "datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=-3), 'there'))")]
    public void A_zone_that_tells_its_offset_is_read(string module, string time) => Assert.Equal(1, AssertSame(module, 4, [time]));

    [Theory]
    [InlineData("zoneinfo", "datetime.datetime(1900, 1, 1, tzinfo=zoneinfo.ZoneInfo('Europe/Amsterdam'))", "'Europe/Amsterdam'")]
    [InlineData("dateutil.tz", "datetime.datetime(2026, 7, 1, tzinfo=dateutil.tz.tzlocal())", "dateutil.tz.tz.tzlocal")]
    public void An_offset_that_is_not_known_exactly_is_refused_with_the_name_of_the_zone(string module, string time, string name)
    {
        var stored = Ask(module, 4, [time])[0].Split(' ')[0];
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<DateTimeOffset>(
            Convert.FromBase64String(stored), "pickle-v4"));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("astimezone(timezone.utc)", error.Message, StringComparison.Ordinal);
    }

    private static int AssertSame(string module, int protocol, string[] times)
    {
        var read = 0;
        foreach (var (time, answer) in times.Zip(Ask(module, protocol, times)))
        {
            var parts = answer.Split(' ');
            var value = ArtifactSerializer.Deserialize<DateTimeOffset>(Convert.FromBase64String(parts[0]), "pickle-v4");
            var expected = DateTimeOffset.Parse(parts[1], CultureInfo.InvariantCulture);
            Assert.True(value == expected, $"{time} was read as {value:O}, and is {expected:O}");
            read++;
        }

        return read;
    }

    private static string Expression(DateTime at, string zone, int fold)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"datetime.datetime({at.Year}, {at.Month}, {at.Day}, {at.Hour}, {at.Minute}, tzinfo={zone}, fold={fold})");

    private static IReadOnlyList<string> Ask(string module, int protocol, IReadOnlyList<string> lines)
    {
        var code = $"""
            import sys, pickle, base64, datetime, {module}
            for line in sys.stdin:
                value = eval(line)
                print(base64.b64encode(pickle.dumps(value, {protocol})).decode(), value.astimezone(datetime.timezone.utc).isoformat())
            """;
        return PythonProcess.Run(PythonProcess.Require(module), code, lines)!;
    }
}
