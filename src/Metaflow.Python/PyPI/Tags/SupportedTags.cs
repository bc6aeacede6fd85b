using System.Globalization;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Tags;

/// <summary>The tags of wheels that a Python on a kind of machine can install, the best first (PEP 425). Nothing is run to know
/// them.</summary>
internal sealed class SupportedTags
{
    private const string NoAbi = "none";
    private const string AnyPlatform = "any";

    // Since Python 3.2 there is a binary interface for all later versions.
    private const int FirstWithStableAbi = 2;

    private readonly Dictionary<WheelTag, int> _ranks = [];

    private SupportedTags(IReadOnlyList<WheelTag> items)
    {
        Items = items;
        for (var i = 0; i < items.Count; i++)
        {
            _ranks.TryAdd(items[i], i);
        }
    }

    /// <summary>Gets the tags, the best first.</summary>
    public IReadOnlyList<WheelTag> Items { get; }

    /// <summary>Returns the tags of CPython.</summary>
    /// <param name="python">Its version; two numbers are enough.</param>
    /// <param name="platform">The kind of machine.</param>
    /// <param name="isFreeThreaded">Whether it is the build without the global lock, such as <c>cp313t</c>.</param>
    /// <returns>The tags.</returns>
    public static SupportedTags Of(PythonVersion python, PythonPlatform platform, bool isFreeThreaded = false)
    {
        var platforms = platform.ToTags();
        var interpreter = Interpreter(python);
        var tags = new List<WheelTag>();
        Add(tags, interpreter, AbiOf(python, isFreeThreaded), platforms);
        var hasStableAbi = python is { Major: 3, Minor: >= FirstWithStableAbi } && !isFreeThreaded;
        if (hasStableAbi)
        {
            Add(tags, interpreter, "abi3", platforms);
        }

        Add(tags, interpreter, NoAbi, platforms);
        for (var minor = python.Minor - 1; hasStableAbi && minor >= FirstWithStableAbi; minor--)
        {
            Add(tags, string.Create(CultureInfo.InvariantCulture, $"cp3{minor}"), "abi3", platforms);
        }

        var pure = PureInterpreters(python).ToList();
        pure.ForEach(item => Add(tags, item, NoAbi, platforms));
        Add(tags, interpreter, NoAbi, [AnyPlatform]);
        pure.ForEach(item => Add(tags, item, NoAbi, [AnyPlatform]));
        return new SupportedTags(tags);
    }

    /// <summary>Returns the tag of a CPython, such as <c>cp311</c>.</summary>
    /// <param name="python">Its version.</param>
    /// <returns>The tag.</returns>
    public static string Interpreter(PythonVersion python)
        => string.Create(CultureInfo.InvariantCulture, $"cp{python.Major}{python.Minor}");

    /// <summary>Returns the tag of the binary interface of a CPython, such as <c>cp311</c>, <c>cp37m</c> or <c>cp313t</c>.</summary>
    /// <param name="python">Its version.</param>
    /// <param name="isFreeThreaded">Whether it is the build without the global lock.</param>
    /// <returns>The tag.</returns>
    public static string AbiOf(PythonVersion python, bool isFreeThreaded)
        => Interpreter(python) + (isFreeThreaded ? "t" : python is { Major: 3, Minor: < 8 } ? "m" : python.Major == 2 ? "mu" : "");

    /// <summary>Returns how good a wheel is.</summary>
    /// <param name="wheel">The wheel.</param>
    /// <returns>The place of its best tag, zero for the best; <see langword="null"/> if it cannot be installed.</returns>
    public int? RankOf(WheelFileName wheel) => RankOf(wheel.Tags);

    /// <summary>Returns how good the best of some tags is.</summary>
    /// <param name="tags">The tags of one wheel.</param>
    /// <returns>The place of the best tag, zero for the best; <see langword="null"/> if none is supported.</returns>
    public int? RankOf(IEnumerable<WheelTag> tags)
    {
        int? best = null;
        foreach (var tag in tags)
        {
            best = _ranks.TryGetValue(tag, out var rank) && (best is null || rank < best) ? rank : best;
        }

        return best;
    }

    // py311, py3, py310, … py30.
    private static IEnumerable<string> PureInterpreters(PythonVersion python)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"py{python.Major}{python.Minor}");
        yield return string.Create(CultureInfo.InvariantCulture, $"py{python.Major}");
        for (var minor = python.Minor - 1; minor >= 0; minor--)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"py{python.Major}{minor}");
        }
    }

    private static void Add(List<WheelTag> tags, string interpreter, string abi, IReadOnlyList<string> platforms)
        => tags.AddRange(platforms.Select(platform => new WheelTag(interpreter, abi, platform)));
}
