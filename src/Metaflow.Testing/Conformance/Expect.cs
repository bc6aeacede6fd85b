using System.Collections;
using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Testing.Conformance;

/// <summary>Compares what an implementation did with what its contract promises.</summary>
internal static class Expect
{
    private const int LongestText = 60;
    private const int MostItems = 20;

    /// <summary>Expects a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="promise">The promise, as a sentence.</param>
    /// <param name="expected">What keeps it.</param>
    /// <param name="found">What was found.</param>
    /// <exception cref="ConformanceException">Another value was found.</exception>
    public static void Same<T>(string promise, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new ConformanceException(promise, Show(expected), Show(found));
        }
    }

    /// <summary>Expects values in order.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="promise">The promise, as a sentence.</param>
    /// <param name="expected">What keeps it.</param>
    /// <param name="found">What was found; <see langword="null"/> breaks the promise.</param>
    /// <exception cref="ConformanceException">Other values, or another order of them, were found.</exception>
    public static void Sequence<T>(string promise, IEnumerable<T> expected, IEnumerable<T>? found)
    {
        List<T> wanted = [.. expected];
        List<T>? given = found is null ? null : [.. found];
        if (given is null || !wanted.SequenceEqual(given))
        {
            throw new ConformanceException(promise, Show(wanted), Show(given));
        }
    }

    /// <summary>Expects something rather than nothing.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="promise">The promise, as a sentence.</param>
    /// <param name="expected">What keeps it, as text.</param>
    /// <param name="found">What was found.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ConformanceException">Nothing was found.</exception>
    public static T Present<T>(string promise, string expected, T? found)
        where T : class
        => found ?? throw new ConformanceException(promise, expected, "nothing");

    /// <summary>Expects an error with one of the framework's codes.</summary>
    /// <param name="promise">The promise, as a sentence.</param>
    /// <param name="code">The code.</param>
    /// <param name="act">What must fail.</param>
    /// <returns>A task that ends when it failed as expected.</returns>
    /// <exception cref="ConformanceException">It succeeded, or failed in another way.</exception>
    public static async Task RefusalAsync(string promise, string code, Func<ValueTask> act)
    {
        var expected = $"{nameof(MetadataException)} with the code {code}";
        var error = await FailureOfAsync(act).ConfigureAwait(false);
        if (error is not MetadataException { Code: var found } || found != code)
        {
            throw new ConformanceException(
                promise, expected, error is null ? "no error" : $"{error.GetType().Name}: {error.Message}", error);
        }
    }

    /// <summary>Expects an error, whichever.</summary>
    /// <param name="promise">The promise, as a sentence.</param>
    /// <param name="act">What must fail.</param>
    /// <returns>A task that ends when it failed.</returns>
    /// <exception cref="ConformanceException">It succeeded.</exception>
    public static async Task FailureAsync(string promise, Func<ValueTask> act)
    {
        if (await FailureOfAsync(act).ConfigureAwait(false) is null)
        {
            throw new ConformanceException(promise, "an error", "no error");
        }
    }

    private static async Task<Exception?> FailureOfAsync(Func<ValueTask> act)
    {
        try
        {
            await act().ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return error;
        }
    }

    private static string Show(object? value) => value switch
    {
        null => "nothing",
        string { Length: > LongestText } text => $"'{text[..LongestText]}…' ({text.Length} characters)",
        string text => $"'{text}'",
        IEnumerable items => ShowItems([.. items.Cast<object?>()]),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string ShowItems(List<object?> items)
        => $"[{string.Join(", ", items.Take(MostItems).Select(Show))}{(items.Count > MostItems ? ", …" : "")}] ({items.Count} items)";
}
