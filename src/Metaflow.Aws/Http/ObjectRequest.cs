using System.Text;

namespace Metaflow.Aws.Http;

/// <summary>A request to a store of objects. Its body is in memory, so that it can be sent again.</summary>
/// <param name="method">The method, in capitals.</param>
/// <param name="path">The absolute path, encoded.</param>
internal sealed class ObjectRequest(string method, string path)
{
    /// <summary>Gets the method.</summary>
    public string Method => method;

    /// <summary>Gets the absolute path, encoded.</summary>
    public string Path => path;

    /// <summary>Gets the parameters of the query, encoded, sorted by name as signatures want them.</summary>
    public SortedDictionary<string, string> Query { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the headers by their names in lower case.</summary>
    public SortedDictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the body.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Gets the query as it is sent, without the question mark.</summary>
    public string QueryText
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, value) in Query)
            {
                text.Append(text.Length > 0 ? "&" : "").Append(name).Append('=').Append(value);
            }

            return text.ToString();
        }
    }

    /// <summary>Returns the same request with a longer path.</summary>
    /// <param name="prefix">What the path begins with, encoded.</param>
    /// <returns>A request of its own, which can be signed.</returns>
    public ObjectRequest At(string prefix)
    {
        var request = new ObjectRequest(method, prefix + path) { Body = Body };
        foreach (var (name, value) in Query)
        {
            request.Query.Add(name, value);
        }

        foreach (var (name, value) in Headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    /// <summary>Returns a text of which only letters, digits and <c>-._~</c> are left as they are.</summary>
    /// <param name="text">The text.</param>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>Returns a path of which the slashes are left too.</summary>
    /// <param name="path">The path.</param>
    public static string EncodePath(string path) => string.Join('/', path.Split('/').Select(Encode));
}
