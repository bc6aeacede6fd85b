namespace Metaflow.Serialization;

/// <summary>The time zones of Python's libraries, as far as they tell the offset of a time exactly.</summary>
internal static class PythonZones
{
    /// <summary>The first year whose offsets are whole minutes in all zones: .NET rounds others, which would be another time.</summary>
    private const int FirstExactYear = 1973;

    /// <summary>Returns the offset of a local time from UTC.</summary>
    /// <param name="zone">The zone as it was stored.</param>
    /// <param name="time">The local time.</param>
    /// <param name="isSecond">Whether it is the second passage of an hour that is repeated.</param>
    /// <returns>The offset, or <see langword="null"/> when it is not known exactly.</returns>
    public static TimeSpan? OffsetOf(object zone, DateTime time, bool isSecond) => zone switch
    {
        PythonObject { Module: "datetime", Name: "timezone", Arguments: [TimeSpan offset, ..] } => offset,
        PythonObject { Module: "pytz", Name: "_UTC" or "_utc", Arguments: [] } => TimeSpan.Zero,
        PythonObject { Module: "pytz", Name: "_p", Arguments: [string, long seconds, long, string] } => TimeSpan.FromSeconds(seconds),
        PythonObject { Module: "pytz", Name: "FixedOffset" or "_FixedOffset", Arguments: [long minutes] }
            when minutes is > -1440 and < 1440 => TimeSpan.FromMinutes(minutes),
        PythonObject { Name: "tzutc" } dateutil when IsOfDateutil(dateutil) => TimeSpan.Zero,
        PythonObject { Name: "tzoffset" } dateutil when IsOfDateutil(dateutil) => OffsetOf(dateutil),
        _ when KeyOf(zone) is { } key => OffsetOf(key, time, isSecond),
        _ => null,
    };

    /// <summary>Returns the name of a zone for a message.</summary>
    /// <param name="zone">The zone as it was stored.</param>
    public static string NameOf(object zone) => zone switch
    {
        _ when KeyOf(zone) is { } key => $"'{key}'",
        PythonObject { Module: "pytz", Arguments: [string name, ..] } => $"'{name}'",
        PythonObject other => $"of the class {other.Module}.{other.Name}",
        _ => "of an unknown kind",
    };

    // A zone of 'zoneinfo' is stored as the call of a class method: getattr(ZoneInfo, "_unpickle")(key, whether it came from the data
    // base).
    private static string? KeyOf(object zone) => zone switch
    {
        PythonObject
        {
            Module: "builtins",
            Name: "getattr",
            Arguments: [PythonObject
            {
                Module: "builtins",
                Name: "getattr",
                Arguments: [PythonClass { Module: "zoneinfo" or "zoneinfo._zoneinfo" or "backports.zoneinfo" }, "_unpickle"],
            }, string key, ..],
        } => key,
        PythonObject { Module: "zoneinfo" or "backports.zoneinfo", Arguments: [string key, ..] } => key,
        _ => null,
    };

    private static bool IsOfDateutil(PythonObject zone) => zone.Module is "dateutil.tz" or "dateutil.tz.tz";

    private static TimeSpan? OffsetOf(PythonObject zone)
        => zone.Fields.GetValueOrDefault("_offset") as TimeSpan? ?? (zone.Arguments is [_, TimeSpan offset] ? offset : null);

    private static TimeSpan? OffsetOf(string key, DateTime time, bool isSecond)
    {
        if (key is "UTC" or "Etc/UTC" or "Zulu" or "Etc/Zulu")
        {
            return TimeSpan.Zero;
        }

        // The name comes from a file, and is looked up as the name of one.
        if (time.Year < FirstExactYear || !key.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '+' or '/')
            || !TimeZoneInfo.TryFindSystemTimeZoneById(key, out var rules))
        {
            return null;
        }

        if (rules.IsAmbiguousTime(time))
        {
            // The first passage is before clocks are set back, with the greater offset.
            var offsets = rules.GetAmbiguousTimeOffsets(time);
            return isSecond ? offsets.Min() : offsets.Max();
        }

        // An hour that was left out has an offset by convention, and Python's two differ.
        return rules.IsInvalidTime(time) && isSecond ? null : rules.GetUtcOffset(time);
    }
}
