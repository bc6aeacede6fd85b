namespace Metaflow.Decorators;

/// <summary>Makes spans of time out of any numbers: what is too long becomes the longest span, and what is not a time becomes
/// none.</summary>
internal static class Duration
{
    /// <summary>Returns a span.</summary>
    /// <param name="seconds">Its seconds.</param>
    /// <returns>The span, from zero to the longest.</returns>
    public static TimeSpan OfSeconds(double seconds)
        => !(seconds > 0) ? TimeSpan.Zero : seconds >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);

    /// <summary>Adds spans that are not negative.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <returns>The sum, or the longest span.</returns>
    public static TimeSpan Add(TimeSpan first, TimeSpan second) => first > TimeSpan.MaxValue - second ? TimeSpan.MaxValue : first + second;
}
