using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Azure.Blobs;
using Metaflow.Azure.Credentials;
using Metaflow.Azure.Signing;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Stores in containers of their own at a server of Azure's protocol.</summary>
internal static class Containers
{
    private const string SignatureVersion = "2020-08-04";

    /// <summary>Returns the variables with which the account of the emulator is used.</summary>
    /// <param name="server">The server.</param>
    public static Dictionary<string, string> KeyOf(Uri server) => new()
    {
        [StorageAccount.EndpointSetting.Name] = new Uri(server, AzuriteServer.Account).ToString(),
        ["AZURE_STORAGE_KEY"] = AzuriteServer.Key,
    };

    /// <summary>Creates a container.</summary>
    /// <param name="server">The server.</param>
    /// <returns>Its name.</returns>
    public static async Task<string> CreatePlaceAsync(Uri server)
    {
        var container = $"c{Guid.NewGuid():N}";
        var request = new ObjectRequest("PUT", "");
        request.Query["restype"] = "container";
        var answer = await ClientOf(KeyOf(server), container).SendAsync(request, "No container.", default);
        answer.Response.Dispose();
        Assert.True(answer.Response.Succeeded);
        return container;
    }

    public static ObjectBlobStore StoreOf(
        IReadOnlyDictionary<string, string> variables, string container, int retries = 6, TimeProvider? time = null,
        ConnectionPool? connections = null)
        => new(BlobService.Type, $"{container}/some/prefix", "some/prefix", ClientOf(variables, container, retries, time, connections));

    public static ObjectClient ClientOf(
        IReadOnlyDictionary<string, string> variables, string container, int retries = 6, TimeProvider? time = null,
        ConnectionPool? connections = null)
    {
        time ??= TimeProvider.System;
        var ofAzure = new AzureVariables(variables.GetValueOrDefault);
        var account = StorageAccount.Of(new StoreOptions(variables.GetValueOrDefault, time), ofAzure);
        connections ??= new ConnectionPool(new CertificateCheck("", null));
        var service = new BlobService(container, account, Authorizations.Of(account, ofAzure, connections, time), time);
        return new ObjectClient(service, new BlobSettings { Retries = retries }, connections, time);
    }

    /// <summary>Returns a shared access signature for the account of the emulator.</summary>
    /// <param name="permissions">What it permits, such as <c>rl</c>.</param>
    /// <param name="end">When it ends.</param>
    public static string SignatureOf(string permissions, DateTimeOffset end)
    {
        var text = end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var signed = $"{AzuriteServer.Account}\n{permissions}\nb\nco\n\n{text}\n\n\n{SignatureVersion}\n";
        var proof = Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(AzuriteServer.Key), Encoding.UTF8.GetBytes(signed)));
        return $"?sv={SignatureVersion}&ss=b&srt=co&sp={permissions}&se={Uri.EscapeDataString(text)}&sig={Uri.EscapeDataString(proof)}";
    }
}
